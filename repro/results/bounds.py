"""Where the scale of a metric ends, and intervals that end there too.

A t interval knows nothing of the scale: around 99 of 100 it can reach to 101. It is cut off at the end, which loses no
coverage, since the value that it is to cover lies within the scale. Verdicts are decided on the interval as it was
reckoned; what is shown is cut.
"""

from collections.abc import Iterable, Mapping
from math import inf

from repro.results.row import Interval

_UNITS: Mapping[str, Interval] = {"percent": (0.0, 100.0), "fraction": (0.0, 1.0)}

_CORRELATION, _AT_MOST_ONE, _FROM_NOTHING = (-1.0, 1.0), (-inf, 1.0), (0.0, inf)

_METRICS: Mapping[str, Interval] = {
    "CohenKappa": _CORRELATION,
    "ConcordanceCorrCoef": _CORRELATION,
    "CosineSimilarity": _CORRELATION,
    "KendallRankCorrCoef": _CORRELATION,
    "MatthewsCorrCoef": _CORRELATION,
    "PearsonCorrCoef": _CORRELATION,
    "SpearmanCorrCoef": _CORRELATION,
    "ExplainedVariance": _AT_MOST_ONE,
    "R2Score": _AT_MOST_ONE,
    "HingeLoss": _FROM_NOTHING,
    "LogCoshError": _FROM_NOTHING,
    "MeanAbsoluteError": _FROM_NOTHING,
    "MeanAbsolutePercentageError": _FROM_NOTHING,
    "MeanSquaredError": _FROM_NOTHING,
    "MeanSquaredLogError": _FROM_NOTHING,
    "MinkowskiDistance": _FROM_NOTHING,
    "NormalizedRootMeanSquaredError": _FROM_NOTHING,
    "RelativeSquaredError": _FROM_NOTHING,
    "SymmetricMeanAbsolutePercentageError": (0.0, 2.0),
    "TweedieDevianceScore": _FROM_NOTHING,
    "WeightedMeanAbsolutePercentageError": _FROM_NOTHING,
    "seconds": _FROM_NOTHING,
}
"""Scales of what is no proportion, by the metric's class; of seconds by their name."""


def bounds(unit: str, metric: str = "") -> Interval:
    """The ends of a scale, in ``unit``; infinite where there is none or nobody knows it.

    >>> bounds("percent"), bounds("", "MatthewsCorrCoef"), bounds("", "loss")
    ((0.0, 100.0), (-1.0, 1.0), (-inf, inf))

    Args:
        unit: as it is printed; ``percent`` and ``fraction`` are of proportions.
        metric: the name of its class, for what has no such unit.

    """
    return _UNITS.get(unit) or _METRICS.get(metric, (-inf, inf))


def cut(interval: Interval | None, scale: Interval, values: Iterable[float]) -> Interval | None:
    """An interval without what lies beyond the scale; as it is where ``values`` behind it leave the scale themselves.

    >>> cut((97.5, 101.2), (0.0, 100.0), [99.0, 99.7]), cut((0.2, 1.4), (0.0, 1.0), [0.4, 1.2])
    ((97.5, 100.0), (0.2, 1.4))
    """
    low, high = scale
    if interval is None or not all(low <= value <= high for value in values):
        return interval
    return (min(max(interval[0], low), high), max(min(interval[1], high), low))


def cut_difference(interval: Interval | None, scale: Interval) -> Interval | None:
    """An interval of a difference of two values of a scale: never wider than the scale itself."""
    if interval is None:
        return None
    span = scale[1] - scale[0]
    return (min(max(interval[0], -span), span), max(min(interval[1], span), -span))
