"""Train one run inside a worker, and make its record, whatever happens."""

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from repro.data.prepare import prepare
from repro.runs.engine.messages import Done, Message, Ready, RunTask, Step, Study
from repro.runs.failed_record import Context, failed_record
from repro.runs.make_record import environment, make_record
from repro.spec.experiment import Training
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.outcome import Outcome


def here() -> Ready:
    """Where this worker trains, by default settings."""
    accelerator, notes = devices.choose()
    ran = devices.describe(accelerator, Training(), deterministic=True, notes=notes)
    return Ready(environment(ran, Context("", "", "", folder=Path())))


def train(task: RunTask, say: Callable[[Message], None]) -> Done:
    """The run's record, finished or failed; every error of a run becomes a failed record with its reason."""
    began = time.monotonic()
    run, context = task.run, _context(task.study)
    experiment, folder = run.experiment, task.study.folder

    def on_progress(step: int, steps: int, values: Mapping[str, float]) -> None:
        say(Step(step, steps, dict(values)))

    try:
        data = prepare(experiment, seed=run.seed, folder=folder)
        data_seconds = time.monotonic() - began
        outcome: Outcome
        if experiment.model is not None and experiment.model.is_estimator:
            from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

            outcome = fit_estimator(experiment, data, seed=run.seed, folder=folder, on_progress=on_progress)
        else:
            outcome = fit(
                experiment,
                data,
                seed=run.seed,
                folder=folder,
                on_progress=on_progress,
                history_views=task.history_views,
                accelerator=task.study.accelerator,
            )
        for note in outcome.notes:
            sys.stderr.write(f"note: {note}\n")
        record, predictions = make_record(
            run,
            context,
            outcome,
            data_seconds=data_seconds,
            hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
            gate=data.gate,
            references=reference_scores(experiment, data, folder),
        )
    except Exception as error:  # noqa: BLE001 - one failed run must not stop the others
        traceback.print_exc()
        ran = devices.describe(_accelerator(task.study), experiment.training, deterministic=True)
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Done(failed_record(run, context, reason, environment(ran, context), time.monotonic() - began), None)
    return Done(record, predictions)


def _accelerator(study: Study) -> devices.Accelerator:
    try:
        return devices.choose(study.accelerator)[0]
    except devices.NoSuchDevice:
        return "cpu"


def _context(study: Study) -> Context:
    return Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
