"""Seconds that one run takes, from earlier records of the same experiment or else from a probe."""

import json
import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from repro.runs.engine.messages import Probe
from repro.runs.identity import resolved
from repro.runs.record import Environment, Record
from repro.spec.experiment import Experiment

MANY_STEPS = 200
MUCH_OF_IT = 0.1
"""A record of so many steps, and of so much of the run, counts more than a probe; so does one of the whole run."""

_NEWEST = 5


@dataclass(frozen=True)
class Estimate:
    """What one run takes, and from what that is known: ``guess`` where a share of the items was timed."""

    seconds: float
    source: Literal["records", "probe", "guess", "failed"]


def estimate(
    experiment: Experiment, probe: Probe | None, records: Iterable[Record], environment: Environment | None
) -> Estimate:
    """Seconds of one run of an experiment, which may be at another rung than the one that was probed."""
    usable = [r for r in records if counts(r, experiment, environment, probe)]
    steps, looks = length(experiment, probe.steps_in_epoch if probe is not None else None)
    if usable:
        fixed = probe.fixed if probe is not None and steps else 0.0
        known = [from_record(record, steps, looks, fixed) for record in usable[-_NEWEST:]]
        return Estimate(statistics.median(known), "records")
    if probe is None:
        return Estimate(0.0, "failed")
    seconds = probe.fixed + steps * probe.step + looks * probe.look + probe.last
    return Estimate(seconds, "guess" if probe.guessed else "probe")


def length(experiment: Experiment, steps_in_epoch: int | None) -> tuple[int, int]:
    """Updates and looks of a run, where an epoch has so many steps; 0 and 0 for an estimator."""
    if experiment.model is None or experiment.model.is_estimator:
        return 0, 0
    from repro.runs.preflight import steps_of

    training = experiment.training
    in_epochs = training.steps is None and steps_in_epoch is not None
    steps = (
        (training.epochs or 0) * steps_in_epoch if in_epochs and steps_in_epoch is not None else steps_of(experiment)
    )
    every = training.evaluate_every
    in_epoch = steps_in_epoch or max(1, steps // training.epochs if training.epochs else steps)
    return steps, math.ceil(steps / max(1, every.number * (in_epoch if every.unit == "epochs" else 1)))


def counts(record: Record, experiment: Experiment, environment: Environment | None, probe: Probe | None) -> bool:
    """Whether a record says how long a run of this experiment takes here.

    It must be of the same experiment but for its length, made on the same device and threads, without a break, and
    long enough to be more than a probe.
    """
    if record.state != "done" or record.resumed_from or recipe(record.resolved) != recipe(resolved(experiment)):
        return False
    recorded = record.environment
    if environment is None or (recorded.device, recorded.accelerator) != (environment.device, environment.accelerator):
        return False
    steps, _ = length(experiment, probe.steps_in_epoch if probe is not None else None)
    return recorded.threads == experiment.training.threads and record.steps >= min(
        steps, max(MANY_STEPS, MUCH_OF_IT * steps)
    )


def from_record(record: Record, steps: int, looks: int, fixed: float) -> float:
    """Seconds of a run of so many steps and looks, when this record's took what it took. Its data are at hand by then.

    ``fixed`` are the seconds that a run takes once, however long it is.
    """
    timings, evaluations = record.timings, len(record.history)
    longer = steps / record.steps if record.steps and steps else 1.0
    more = (looks + 1) / (evaluations + 1) if looks else 1.0
    once = min(fixed, timings.fit)
    return once + (timings.fit - once) * longer + timings.evaluate * more


def recipe(fields: dict[str, Any]) -> str:
    """All of an experiment but how long it trains, as text."""
    plain = json.loads(json.dumps(fields))
    training = plain.get("training")
    for name in ("steps", "epochs", "evaluate_every", "checkpoint_every") if isinstance(training, dict) else ():
        training.pop(name, None)
    return json.dumps(plain, sort_keys=True)
