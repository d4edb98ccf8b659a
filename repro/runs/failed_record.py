"""The record of a run that ended without an outcome. Imports nothing heavy, for the engine's own process writes it."""

from dataclasses import dataclass
from pathlib import Path

from repro.disk.without_paths import without_paths
from repro.runs.identity import resolved
from repro.runs.plan import Run
from repro.runs.record import Environment, Record, Timings
from repro.training.loop_kind import choose_loop


@dataclass(frozen=True)
class Context:
    """What a record says beside the outcome."""

    spec: str
    terms: str
    rung: str
    folder: Path
    git_commit: str | None = None
    git_dirty: bool | None = None


def failed_record(run: Run, context: Context, reason: str, ran: Environment, seconds: float) -> Record:
    """The sealed record of a run that ended without an outcome, and why."""
    estimator = run.experiment.model is not None and run.experiment.model.is_estimator
    return Record(
        spec=context.spec,
        identity=run.identity,
        terms=context.terms,
        promise=dict(run.promise),
        experiment=run.experiment.name,
        seed=run.seed,
        fold=run.fold,
        rung=context.rung,
        state="failed",
        reason=without_paths(reason, context.folder),
        environment=ran,
        timings=Timings(data=0.0, fit=0.0, evaluate=0.0, total=round(seconds, 3)),
        training_path="estimator" if estimator else choose_loop(run.experiment.training, devices=ran.devices),
        resolved=resolved(run.experiment),
    ).sealed_with_hash()
