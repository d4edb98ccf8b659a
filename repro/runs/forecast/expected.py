"""What runs will take before anything was measured here: from earlier records of experiments of the same names."""

import statistics
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from repro.runs.forecast.estimate import recipe
from repro.runs.identity import resolved
from repro.runs.plan import Run
from repro.runs.preflight import steps_of
from repro.runs.record import Record
from repro.spec.experiment import Experiment

_NEWEST = 5


def expected_seconds(runs: Sequence[Run], records: Iterable[Record]) -> dict[str, float]:
    """Seconds of each run of which there is an earlier record, by identity.

    A record tells when it is of the same experiment but for its length, or, as the oldest ones are, does not say of
    which. It may be another machine's: this is a first guess, and what runs here take says more.
    """
    known: dict[str, list[Record]] = {}
    for record in records:
        if record.state == "done":
            known.setdefault(record.experiment, []).append(record)
    seconds = {}
    for name, experiment in {run.experiment.name: run.experiment for run in runs}.items():
        wanted_recipe = recipe(resolved(experiment))
        telling = [
            candidate
            for candidate in known.get(name, ())
            if not candidate.resolved or recipe(candidate.resolved) == wanted_recipe
        ]
        if telling:
            seconds[name] = statistics.median(_scaled(record, experiment) for record in telling[-_NEWEST:])
    return {run.identity: seconds[run.experiment.name] for run in runs if run.experiment.name in seconds}


def expected_prepare(records: Iterable[Record]) -> float | None:
    """Seconds until the first run starts: what the commands behind the newest records took. None where none says so."""
    known = [record.timings.prepare for record in records if record.state == "done" and record.timings.prepare]
    return statistics.median(known[-_NEWEST:]) if known else None


def _scaled(record: Record, experiment: Experiment) -> float:
    """Seconds of a record's run, had it as many steps as this experiment has."""
    timings = record.timings
    now, then = steps_of(experiment), _steps_then(record)
    scale = now / then if record.steps and now and then else 1.0
    return timings.data + (timings.fit + timings.evaluate) * scale


def _steps_then(record: Record) -> int:
    """Steps of the record's run by the same reckoning as for one to come, which knows nothing of segments; those that
    it made where it does not say what was trained.
    """
    try:
        return steps_of(Experiment.model_validate({"name": record.experiment, **record.resolved}))
    except ValidationError:
        return record.steps
