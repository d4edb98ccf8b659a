"""Where a new seed's value should fall, from the values of others."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

from scipy.special import stdtrit

ERROR = 0.05
"""How often a new seed of an honest study falls outside its interval; shared out over the runs that were drawn."""

PAIR_ERROR = 0.01
"""How often an honest record lies further from its own seed trained again than two seeds lie apart."""


def prediction_interval(values: Sequence[float], *, floor: float = 0.0, drawn: int = 1) -> tuple[float, float]:
    """``m -+ t(.975, k-1) s sqrt(1 + 1/k)`` of k >= 2 values.

    With several runs drawn the error of 5 % is shared out over them (Bonferroni), so that an honest folder is blamed
    as seldom however many are drawn. ``floor`` is the least ``s`` that the values' steps allow.

    >>> [round(x, 2) for x in prediction_interval([90.0, 91.0, 92.0])]
    [86.03, 95.97]
    """
    k, mean, spread = _moments(values, floor)
    half = float(stdtrit(k - 1, 1.0 - ERROR / (2 * drawn))) * spread * sqrt(1 + 1 / k)
    return mean - half, mean + half


def pair_distance(values: Sequence[float], *, floor: float = 0.0, drawn: int = 1) -> float:
    """How far two seeds may lie apart: ``t(.995, k-1) s sqrt(2)`` of k >= 2 other seeds' values."""
    k, _, spread = _moments(values, floor)
    return float(stdtrit(k - 1, 1.0 - PAIR_ERROR / (2 * drawn))) * spread * sqrt(2.0)


def step_floor(items: int) -> float:
    """The least standard deviation of a share of ``items`` in percent, by its steps of one item: ``100/(n sqrt 12)``.

    >>> round(step_floor(1000), 4)
    0.0289
    """
    return 100.0 / (items * sqrt(12.0))


def _moments(values: Sequence[float], floor: float) -> tuple[int, float, float]:
    if len(values) < 2:
        raise ValueError(f"{len(values)} values; an interval needs at least 2")
    return len(values), fmean(values), max(stdev(values), floor)
