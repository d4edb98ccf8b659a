"""One claim against our runs: paired by seed, with an interval, a verdict and a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Literal

from repro.results import quantiles
from repro.results.estimate import plain_sd
from repro.results.row import Interval


class ClaimVerdict(StrEnum):
    """What can become of a claim. Below the full recipe it is PARTIAL, never more."""

    PARTIAL = "PARTIAL"
    HOLDS = "HOLDS"
    FAILS = "FAILS"
    REVERSED = "REVERSED"
    NOT_SHOWN = "NOT SHOWN"
    NOT_RUN = "not run yet"


SIGN_FLIP_PAIRS = 6
"""Fewest pairs at which a two-sided sign-flip test can go below 0.05, so that "significant" may be said: with 6 pairs
its least p is 2 / 2^6 = 0.031, with 5 it is 0.0625."""


@dataclass(frozen=True)
class Sample:
    """One experiment's values by seed; a ``constant`` one has no random part: its one value pairs with any seed."""

    values: Mapping[int, float]
    constant: bool = False


@dataclass(frozen=True)
class Comparison:
    """``method`` against ``other`` on one metric, at one point of the training.

    ``mean`` and ``ci95`` are of the paired differences, a plus meaning that ``method`` is better; ``pairs`` counts
    them. ``agree`` says for how many pairs the claim is true taken alone. ``probability`` is the chance that a run of
    ``method`` beats a run of ``other`` (all runs against all, ties half). ``at`` is where in the training, ``""`` for
    the selected end. ``threshold`` is the claim's ``by`` or ``within``. ``missing`` says why there is nothing to
    compare.
    """

    kind: Literal["beats", "same"]
    method: str
    other: str
    threshold: float
    at: str
    mean: float | None
    ci95: Interval | None
    pairs: int
    agree: int
    probability: float | None
    verdict: ClaimVerdict
    exact: bool = False
    missing: str = ""

    @property
    def significant(self) -> bool:
        """Whether the word may be used: the interval leaves 0 out and there are pairs enough for a sign-flip test."""
        return self.pairs >= SIGN_FLIP_PAIRS and self.ci95 is not None and not self.ci95[0] <= 0 <= self.ci95[1]


def compare(
    method: Sample,
    other: Sample,
    *,
    kind: Literal["beats", "same"] = "beats",
    threshold: float = 0.0,
    direction: Literal["max", "min"] = "max",
    names: tuple[str, str] = ("method", "other"),
    at: str = "",
    missing: str = "",
) -> Comparison:
    """Compare two experiments seed by seed.

    ``beats``: HOLDS when the paired 95 % t interval of the differences lies wholly above ``threshold``, REVERSED
    wholly below 0, FAILS wholly below ``threshold``. ``same``: HOLDS when it lies inside +-``threshold``, FAILS when
    it lies wholly outside. Else NOT SHOWN. Two experiments without a random part need one pair and no interval.
    ``missing`` says why there is nothing to compare, where there is nothing.
    """
    sign = 1 if direction == "max" else -1
    differences = [sign * (a - b) for a, b in paired(method, other)]
    exact = method.constant and other.constant and bool(differences)
    interval = (differences[0], differences[0]) if exact else paired_interval(differences)
    decide = beats if kind == "beats" else same
    return Comparison(
        kind=kind,
        method=names[0],
        other=names[1],
        threshold=threshold,
        at=at,
        mean=sum(differences) / len(differences) if differences else None,
        ci95=interval,
        pairs=len(differences),
        agree=sum(d > threshold if kind == "beats" else abs(d) <= threshold for d in differences),
        probability=probability_better(
            [sign * v for v in method.values.values()], [sign * v for v in other.values.values()]
        ),
        verdict=ClaimVerdict.NOT_SHOWN if interval is None else decide(interval, threshold),
        exact=exact,
        missing="" if differences else missing or _missing(method, other, names),
    )


def paired(method: Sample, other: Sample) -> list[tuple[float, float]]:
    """Values of the same seed side by side, seeds in order; a constant experiment's one value goes with every seed."""
    if not method.values or not other.values:
        return []
    if method.constant and other.constant:
        return [(next(iter(method.values.values())), next(iter(other.values.values())))]
    if method.constant:
        value = next(iter(method.values.values()))
        return [(value, other.values[seed]) for seed in sorted(other.values)]
    if other.constant:
        value = next(iter(other.values.values()))
        return [(method.values[seed], value) for seed in sorted(method.values)]
    return [(method.values[seed], other.values[seed]) for seed in sorted(method.values.keys() & other.values.keys())]


def paired_interval(differences: Sequence[float]) -> Interval | None:
    """95 % t interval of the mean of paired differences, in their unit; None with fewer than two pairs.

    With pairs - 1 degrees of freedom; differences that are all equal give an interval of no width.
    """
    n = len(differences)
    if n < 2:
        return None
    mean = sum(differences) / n
    half = quantiles.t(n - 1, 0.975) * plain_sd(tuple(differences)) / sqrt(n)
    return (mean - half, mean + half)


def beats(interval: Interval, by: float) -> ClaimVerdict:
    """Verdict on "better by at least ``by``"."""
    low, high = interval
    if low > by:
        return ClaimVerdict.HOLDS
    if high < 0:
        return ClaimVerdict.REVERSED
    return ClaimVerdict.FAILS if high < by else ClaimVerdict.NOT_SHOWN


def same(interval: Interval, within: float) -> ClaimVerdict:
    """Verdict on "apart by at most ``within``"."""
    low, high = interval
    if -within <= low and high <= within:
        return ClaimVerdict.HOLDS
    return ClaimVerdict.FAILS if low > within or high < -within else ClaimVerdict.NOT_SHOWN


def probability_better(method: Sequence[float], other: Sequence[float]) -> float | None:
    """Share of all pairs of runs in which ``method`` is larger, ties counting half (Mann and Whitney's U over n m)."""
    if not method or not other:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a in method for b in other)
    return wins / (len(method) * len(other))


def _missing(method: Sample, other: Sample, names: tuple[str, str]) -> str:
    empty = [name for name, sample in zip(names, (method, other), strict=True) if not sample.values]
    return f"no value of {' or '.join(empty)}" if empty else "no seed in common"
