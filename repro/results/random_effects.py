"""Several people's runs of one thing as one number: random effects, with an interval that few people can bear.

Each person's mean is the truth plus what is particular to the person (machine, versions) plus seed noise. The spread
over people is estimated by moments (DerSimonian & Laird, Controlled Clinical Trials 7, 1986, p. 177; with the weights
and covariances of DerSimonian & Kacker, Contemporary Clinical Trials 28, 2007, p. 105), the interval is that of
Hartung & Knapp (Statistics in Medicine 20, 2001, p. 3875) and Sidik & Jonkman (Statistics in Medicine 21, 2002,
p. 3153): a t of people - 1, because with few people a normal interval is much too narrow.

People of one course share their seeds. Where two runs of one seed come out alike, all people err the same way, which
no comparison between them shows. So the covariance of runs that share a seed is estimated too and added, with its own
degrees of freedom (Satterthwaite, Biometrics Bulletin 2, 1946, p. 110). Without shared seeds it is exactly nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from repro.results import quantiles
from repro.results.quantiles import Array
from repro.results.row import Interval

ONE_SEED = "all ran the same seed, so how much seeds differ cannot be told"
ONE_RUN = "one run alone"
"""Why there is no interval."""


@dataclass(frozen=True)
class Effect:
    """``mean`` over people with its ``se`` and 95 % interval; None, with ``why``, where the runs cannot tell.

    ``tau`` is the sd over people beyond their seeds, None where that cannot be told from the seeds; ``sd`` that over
    seeds within a person, ``shared`` the part of its variance that runs of one seed have in common, from 0 to 1.
    ``weights`` are each person's, adding up to 1. ``df`` are the interval's degrees of freedom.
    """

    mean: float
    se: float | None
    ci95: Interval | None
    df: float | None
    tau: float | None
    sd: float | None
    shared: float | None
    weights: tuple[float, ...]
    why: str = ""


def random_effects(people: Sequence[Mapping[int, float]]) -> Effect:
    """Pool people's values. Needs at least one person, and a value of each.

    Args:
        people: each one's values by seed, all in one unit; what comes back is in it too (variances squared).

    Degrees of freedom are people - 1 for what people differ by, and for what their seeds have in common one less than
    the different seeds that are shared.

    >>> three = random_effects([{0: 1.0}, {1: 2.0}, {2: 3.0}])
    >>> three.mean, [round(end, 3) for end in three.ci95], three.df
    (2.0, [-0.484, 4.484], 2.0)
    """
    counts = np.array([len(person) for person in people], dtype=np.float64)
    means = np.array([sum(person.values()) / len(person) for person in people])
    within, within_df = _within(people)
    common = _common(people)
    shared_var, shared_df = _shared(people, within, within_df, common)
    sd = None if within is None else sqrt(within)
    shared = shared_var / within if within and shared_var is not None else None
    if len(people) == 1:
        se = None if within is None else sqrt(within / counts[0])
        df = None if within is None else within_df
        why = "" if se is not None else ONE_RUN
        return Effect(float(means[0]), se, _interval(means[0], se, df), df, None, sd, None, (1.0,), why)
    covariance = (common * (shared_var or 0.0)) / np.outer(counts, counts)
    np.fill_diagonal(covariance, 0.0 if within is None else within / counts)
    tau2, spread = _between(means, covariance)
    weights = spread / spread.sum()
    mean = float(weights @ means)
    of_people = float(weights @ (means - mean) ** 2) / (len(people) - 1)
    tau = None if within is None else sqrt(tau2)
    shares = tuple(map(float, weights))
    if shared_var is None:
        return Effect(mean, None, None, None, tau, sd, None, shares, ONE_SEED)
    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    of_seeds = float((pairs * covariance).sum() / pairs.sum())
    se = sqrt(of_people + of_seeds)
    df = _satterthwaite((of_people, len(people) - 1.0), (of_seeds, shared_df))
    return Effect(mean, se, _interval(mean, se, df), df, tau, sd, shared, shares)


def _within(people: Sequence[Mapping[int, float]]) -> tuple[float | None, float]:
    """Variance over seeds within a person, one for all of them, and its degrees of freedom."""
    df = float(sum(len(person) - 1 for person in people))
    squares = sum(_products(list(person.values()), list(person.values())) for person in people)
    return (squares / df, df) if df else (None, 0.0)


def _common(people: Sequence[Mapping[int, float]]) -> Array:
    """How many seeds each two people share; (people, people)."""
    return np.array([[float(len(person.keys() & other.keys())) for other in people] for person in people])


def _shared(
    people: Sequence[Mapping[int, float]], within: float | None, within_df: float, common: Array
) -> tuple[float | None, float]:
    """Covariance of two people's runs of one seed, and its degrees of freedom; None where it cannot be told.

    Never below 0 nor above the variance within a person. Where no two people share two seeds it is taken to be all of
    that variance, which errs to the wide side.
    """
    products, df = 0.0, 0.0
    seeds: set[int] = set()
    for at, person in enumerate(people):
        for other in people[:at]:
            both = sorted(person.keys() & other.keys())
            if len(both) > 1:
                products += _products([person[seed] for seed in both], [other[seed] for seed in both])
                df += len(both) - 1
                seeds.update(both)
    if df and within is not None:
        return min(max(products / df, 0.0), within), float(len(seeds) - 1)
    if not (common - np.diag(np.diag(common))).any():
        return 0.0, inf
    return within, within_df


def _products(first: Sequence[float], other: Sequence[float]) -> float:
    a, b = np.array(first), np.array(other)
    return float((a - a.mean()) @ (b - b.mean()))


def _between(means: Array, covariance: Array) -> tuple[float, Array]:
    """Variance over people beyond ``covariance``, which is that of their seeds, and the weights that follow.

    The moments of DerSimonian and Kacker (2007), with the first weights 1 / variance of each mean: what Cochran's Q is
    expected to be from seeds alone is taken off, covariances included. ``means`` (K,), ``covariance`` (K, K); the
    weights (K,) are not scaled. Means of no variance at all get equal weights.
    """
    of_each = np.diag(covariance)
    first = np.ones_like(means) if not of_each.all() else 1 / of_each
    total = first.sum()
    q = float(first @ (means - first @ means / total) ** 2)
    by_seeds = float(first @ of_each - first @ covariance @ first / total)
    tau2 = max(0.0, (q - by_seeds) / float(total - (first**2).sum() / total))
    spread = tau2 + of_each
    return tau2, np.ones_like(means) if not spread.all() else 1 / spread


def _satterthwaite(*parts: tuple[float, float]) -> float:
    total = sum(variance for variance, _ in parts)
    doubt = sum(variance**2 / df for variance, df in parts)
    return float(total**2 / doubt) if doubt else inf if total else min(df for _, df in parts)


def _interval(mean: float, se: float | None, df: float | None) -> Interval | None:
    if se is None or df is None:
        return None
    half = quantiles.t(df, 0.975) * se
    return (float(mean - half), float(mean + half))
