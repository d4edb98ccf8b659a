"""How surely a claim will be said to hold, and how many seeds that takes: the claim's own rule, before anything runs.

The rule is that of :mod:`repro.results.claim`: the paired 95 % t interval of the differences lies above what is
claimed, or inside it. Seeds are taken to scatter normally around what is expected of them.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Literal

import numpy as np
from scipy.special import chdtri, ndtr

from repro.results import quantiles
from repro.results.quantiles import Array

WANTED = 0.8
"""How sure one should be to see what is there: four times in five."""

MOST = 1000
"""Nobody runs more seeds than that."""

DRAWS = 100_000
"""Of an order. The standard error of a share of so many draws is at most 0.16 points."""

POINTS = 2000
"""Equally likely sds that a chance is summed over. From 2 to 100 pairs the sum is within 0.002 points of one minus the
noncentral t distribution."""

Kind = Literal["beats", "same"]


def chance(pairs: int, difference: float, sd: float, threshold: float, kind: Kind = "beats") -> float:
    """Probability of HOLDS with so many pairs of runs.

    Args:
        pairs: seeds that both experiments have.
        difference: what is expected of it, a plus meaning that the method is better.
        sd: of the paired differences, over seeds.
        threshold: the claim's ``by``, or ``within``.
        kind: better by more than the threshold, or apart by at most that.

    It is exact up to a sum: given the sd that will be found, the mean is normal; over the distribution of that sd
    stands a sum of equally likely values. For ``beats`` it is one minus the noncentral t distribution.

    >>> round(chance(5, 10.0, 4.0, 5.0), 3), round(chance(8, 10.0, 4.0, 5.0), 3)
    (0.562, 0.856)

    """
    if pairs < 2:
        return 0.0
    if sd == 0:
        return float(difference > threshold if kind == "beats" else abs(difference) <= threshold)
    df = pairs - 1
    likely = (np.arange(POINTS) + 0.5) / POINTS
    possible_sds = np.sqrt(chdtri(df, 1 - likely) / df)  # sds that may be found, in sds
    half = quantiles.t(df, 0.975) * possible_sds
    scale = sqrt(pairs) / sd
    if kind == "beats":
        return _uncertain(ndtr((difference - threshold) * scale - half))
    room = threshold * scale - half
    inside = ndtr(room - difference * scale) - ndtr(-room - difference * scale)
    return _uncertain(np.where(room >= 0, inside, 0.0))


def pairs_needed(
    difference: float, sd: float, threshold: float, kind: Kind = "beats", power: float = WANTED
) -> int | None:
    """Least number of pairs with which :func:`chance` is as wanted; None where ``MOST`` are not enough.

    >>> pairs_needed(10.0, 4.0, 5.0), pairs_needed(4.0, 4.0, 5.0)
    (8, None)
    """
    return least(lambda pairs: chance(pairs, difference, sd, threshold, kind), power)


def chance_of_all(pairs: int, means: Sequence[float], sds: Sequence[float], by: float) -> float:
    """Probability that an order holds at every step, by drawing runs and judging them.

    Args:
        pairs: seeds that all experiments have.
        means: what is expected of each, oriented so that more is better, the best first.
        sds: of each, over seeds, of the same length; runs of two experiments are taken to be independent.
        by: what each step must exceed, in the unit of the means.

    Means and covariances are drawn instead of runs, the covariances by Bartlett's triangle where there are pairs
    enough. The same numbers give the same probability; it is off by 0.2 points or so.

    """
    if pairs < 2:
        return 0.0
    at, scatter = np.asarray(means, dtype=np.float64), np.asarray(sds, dtype=np.float64)
    mean, covariance = _drawn(pairs, at, scatter)
    differences = mean[:, :-1] - mean[:, 1:]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    shared = np.diagonal(covariance, offset=1, axis1=1, axis2=2)
    sd = np.sqrt(np.maximum(variance[:, :-1] + variance[:, 1:] - 2 * shared, 0.0))
    low = differences - quantiles.t(pairs - 1, 0.975) * sd / sqrt(pairs)
    return float((low > by).all(axis=1).mean())


def least(chance_with: Callable[[int], float], power: float = WANTED) -> int | None:
    """The least number from 2 to ``MOST`` that gives as much as wanted, of a chance that grows with the number.

    Doubling finds a number that is enough, halving the least one. None where ``MOST`` are not enough.
    """
    low, high = 1, 2
    while chance_with(high) < power:
        if high == MOST:
            return None
        low, high = high, min(2 * high, MOST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance_with(middle) >= power else (middle, high)
    return high


def _uncertain(likely: Array) -> float:
    """The mean of equally likely probabilities: where something varies, nothing is ever certain."""
    return float(min(likely.mean(), np.nextafter(1.0, 0.0)))


def _drawn(pairs: int, means: Array, sds: Array) -> tuple[Array, Array]:
    """Means (draws, e) and covariances (draws, e, e) of ``pairs`` values of e experiments, drawn ``DRAWS`` times."""
    rng = np.random.default_rng(20_261_204)
    e = len(means)
    mean = means + sds * rng.standard_normal((DRAWS, e)) / sqrt(pairs)
    df = pairs - 1
    if df < e:  # too few for Bartlett's triangle
        values = rng.standard_normal((DRAWS, pairs, e))
        centred = values - values.mean(axis=1, keepdims=True)
        covariance = np.einsum("dpi,dpj->dij", centred, centred) / df
    else:
        triangle = np.tril(rng.standard_normal((DRAWS, e, e)), -1)
        for i in range(e):
            triangle[:, i, i] = np.sqrt(rng.chisquare(df - i, DRAWS))
        covariance = triangle @ triangle.transpose(0, 2, 1) / df
    return mean, covariance * np.outer(sds, sds)
