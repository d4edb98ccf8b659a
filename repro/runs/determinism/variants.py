"""The ways in which a run is trained a second time, and what must come of each."""

from typing import Literal

from repro.runs.engine.messages import Trial
from repro.spec.experiment import Experiment
from repro.training.loop_kind import choose_loop

Variant = Literal["again", "resumed", "path", "threads"]

VARIANTS: tuple[Variant, ...] = ("again", "resumed", "path", "threads")
"""In the order in which they are shown."""

MUST_BE_BITWISE: tuple[Variant, ...] = ("again", "resumed", "path")
"""Two threads may add in another order than one; everything else has to give the same bytes."""

DESCRIPTIONS: dict[str, str] = {
    "again": "once more, in another process",
    "resumed": "stopped at about the middle and gone on from its checkpoint, in another process",
    "path": "on the other training path",
    "threads": "on two threads instead of one",
}

STEPS = 300
"""Longer runs are cut to so many steps unless a number is asked for."""


def trials(experiment: Experiment, steps: int) -> dict[str, Trial]:
    """How an experiment is trained: ``straight`` and then each way that there is for it.

    An estimator has no steps, so it is only fitted again. A recipe that only the plain path can train has no other.
    """
    result = {"straight": Trial(steps), "again": Trial(steps)}
    if experiment.model is not None and experiment.model.is_estimator:
        return result
    result["resumed"] = Trial(steps, resumed=True)
    if choose_loop(experiment.training) == "chunked":
        result["path"] = Trial(steps, path="plain")
    result["threads"] = Trial(steps, threads=1 if experiment.training.threads == 2 else 2)
    return result
