"""What the ``±`` of an expected number says of single seeds."""

from math import sqrt

from repro.results import quantiles
from repro.results.row import Interval
from repro.runs.make_plan import is_constant
from repro.spec.experiment import Experiment
from repro.spec.spec import Reported


def seeds_of(experiment: Experiment) -> int:
    """How many seeds are planned; an experiment without a random part runs once."""
    return 1 if is_constant(experiment) else len(set(experiment.seeds))


def sd_over_seeds(expected: Reported, seeds: int) -> float | None:
    """The sd over seeds in the table's unit; None where no spread over seeds is stated.

    A standard error or an interval is taken to be of the mean over the table's ``runs``, else over the planned
    ``seeds``. A ``±`` of which nobody says what it means is read as a sd.
    """
    if expected.number is None or expected.number.spread is None:
        return None
    kind, over = ("unknown", "seeds") if expected.spread is None else (expected.spread.kind, expected.spread.over)
    if over != "seeds":
        return None
    runs = expected.runs or max(seeds, 1)
    if kind == "se":
        return expected.number.spread * sqrt(runs)
    if kind == "ci95":
        reach = quantiles.t(runs - 1, 0.975) if runs > 1 else quantiles.z(0.975)
        return expected.number.spread * sqrt(runs) / reach
    return expected.number.spread


def interval_of(expected: Reported, experiment: Experiment) -> Interval | None:
    """The 95 % interval that all planned seeds would give, were mean and sd as expected; None with fewer than two."""
    seeds = seeds_of(experiment)
    sd = sd_over_seeds(expected, seeds)
    if expected.number is None or sd is None or seeds < 2:
        return None
    half = quantiles.t(seeds - 1, 0.975) * sd / sqrt(seeds)
    return (expected.number.value - half, expected.number.value + half)
