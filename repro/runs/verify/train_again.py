"""Train one run again through the same harness, in memory: nothing is written into the study's folder."""

from pathlib import Path

from repro.data.prepared import Data
from repro.runs.failed_record import Context
from repro.runs.history_views import history_views
from repro.runs.make_record import environment, make_record
from repro.runs.plan import Plan, Run
from repro.runs.record import Environment, Record
from repro.spec.experiment import Training
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.outcome import Outcome


def train_again(plan: Plan, run: Run, data: Data, *, accelerator: str) -> Record:
    """The record that this run leaves here and now, on the accelerator of the old one where there is one."""
    spec, experiment = plan.spec, run.experiment
    outcome: Outcome
    if experiment.model is not None and experiment.model.is_estimator:
        from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

        outcome = fit_estimator(experiment, data, seed=run.seed, folder=spec.folder)
    else:
        outcome = fit(
            experiment,
            data,
            seed=run.seed,
            folder=spec.folder,
            history_views=history_views(spec, experiment),
            accelerator=at_hand(accelerator),
        )
    record, _ = make_record(
        run,
        Context(spec.name, plan.terms, spec.rung, spec.folder),
        outcome,
        data_seconds=0.0,
        hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
        gate=data.gate,
        references=reference_scores(experiment, data, spec.folder),
    )
    return record


def at_hand(accelerator: str) -> devices.Accelerator:
    """This accelerator where the machine has it, else the best that it has."""
    try:
        return devices.choose(accelerator)[0]
    except devices.NoSuchDevice:
        return devices.choose("auto")[0]


def here() -> Environment:
    """The environment of this machine, by default settings."""
    ran = devices.describe(at_hand("auto"), Training(), deterministic=True)
    return environment(ran, Context("", "", "", folder=Path()))
