"""The numbers behind a verdict: difference, standard error, degrees of freedom and what no run of ours can shrink."""

from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Literal

import numpy as np

from repro.results import quantiles
from repro.results.best_of import best_of
from repro.results.inputs import Inputs
from repro.results.quantiles import Array
from repro.results.row import Interval

Reading = Literal["sd", "se", "ci95"]

AT_ONCE = 100
"""Numbers of runs that are tried together; most questions are settled within the first so many."""


@dataclass(frozen=True)
class Estimate:
    """Everything in the printed unit, oriented so that ``d > 0`` means better than reported.

    ``s`` is the sd that is reckoned with (floored for a proportion), ``v_paper`` the variance of the reported number
    over seeds, ``v_split`` that of the drawn split, ``tau2`` that of the test items, ``h2`` that of rounding.
    ``k`` runs are ours, ``paper_df`` the degrees of freedom of the paper's own sd (None: it has none, ours stands in;
    inf: treated as known). ``reading`` says how the spread was read.
    """

    d: float
    target: float
    mean: float
    s: float
    k: int
    k0: int
    s0: float | None
    v_paper: float
    v_split: float
    tau2: float
    h2: float
    paper_df: float | None
    exact: bool
    reading: Reading | None = None

    @property
    def se(self) -> float:
        """Standard error of ``d``."""
        return sqrt(self.s**2 / self.k + self.f**2)

    @property
    def f(self) -> float:
        """The part of the standard error that more runs of ours cannot shrink."""
        return sqrt(self.v_paper + self.v_split + self.tau2 + self.h2)

    @property
    def f_lo(self) -> float:
        """``f`` with our sd at its lower 95 % bound."""
        if self.exact or self.k < 2:
            return self.f
        shrink = (self.k - 1) / quantiles.chi2(self.k - 1, 0.95)
        v_paper = self.v_paper if self.s0 is not None else self.v_paper * shrink
        return sqrt(v_paper + self.v_split * shrink + self.tau2 + self.h2)

    @property
    def df(self) -> float:
        """Degrees of freedom of ``se``; inf where it is known."""
        return float(self._df(np.array([float(self.k)]))[0])

    def interval(self, level: float) -> Interval:
        """Two-sided interval of ``d``, for example ``level=0.90``."""
        half = quantiles.t(self.df, (1 + level) / 2) * self.se
        return (self.d - half, self.d + half)

    def runs_needed(self, margin: float, most: int = 1000) -> int | None:
        """Least number of our runs at which a yes or a no would hold for the same ``d`` and ``s``; None if none does.

        A yes needs at least 3 runs, a no at least 2.
        """
        if self.exact:
            return None
        least = sqrt(self.s**2 / most + self.f**2)  # no number of runs has less, and no t quantile is below z
        if abs(self.d) + quantiles.z(0.95) * least >= margin and abs(self.d) - quantiles.z(0.975) * least <= margin:
            return None
        for first in range(2, most + 1, AT_ONCE):  # quantiles take time, and most questions are settled early
            k = np.arange(first, min(first + AT_ONCE, most + 1), dtype=np.float64)
            se, df = np.sqrt(self.s**2 / k + self.f**2), self._df(k)
            reach90, reach95 = quantiles.t_many(df, 0.95) * se, quantiles.t_many(df, 0.975) * se
            yes = (abs(self.d) + reach90 < margin) & (k >= 3)
            no = abs(self.d) - reach95 > margin
            settled = np.flatnonzero(yes | no)
            if settled.size:
                return int(k[settled[0]])
        return None

    def _df(self, k: Array) -> Array:
        """Degrees of freedom, were there ``k`` runs of ours. Shape in = shape out."""
        known = np.full_like(k, inf)
        if self.exact:
            return known
        measured = self.s**2 / k + self.v_split
        se4 = (self.s**2 / k + self.f**2) ** 2
        if self.paper_df is None:
            spread = (measured + self.v_paper) ** 2 / (k - 1)
        else:
            spread = measured**2 / (k - 1) + self.v_paper**2 / self.paper_df
        return np.divide(se4, spread, out=known, where=spread > 0)


def estimates(inputs: Inputs, tau2: float) -> list[Estimate]:
    """The estimate for each way in which the paper's spread can be read: one, or three where its kind is unknown.

    Needs at least two finished runs, or one of a deterministic experiment; the sd of a single other run is 0.

    Args:
        inputs: of one reported number, in the printed unit.
        tau2: variance that other test items bring, in the printed unit squared, from :func:`.verdict.item_noise`.

    """
    x = np.array(inputs.finished)
    k, k0 = x.size, inputs.k0
    exact = is_exact(inputs)
    mean = float(x.mean())
    s = 0.0 if exact else floored_sd(inputs)
    target = inputs.value - inputs.sign * (best_of(inputs.best_of) * s if inputs.best_of else 0.0)
    base = Estimate(
        d=inputs.sign * (mean - target),
        target=target,
        mean=mean,
        s=s,
        k=k,
        k0=k0,
        s0=None,
        v_paper=s**2 / k0,
        v_split=s**2 * (inputs.split_ratio or 0.0),
        tau2=tau2,
        h2=inputs.half_width**2 / 3,
        paper_df=None,
        exact=exact,
    )
    if inputs.spread is None or inputs.spread_over == "folds":
        return [base]
    readings: tuple[Reading, ...] = ("sd", "se", "ci95") if inputs.spread_kind == "unknown" else (inputs.spread_kind,)
    return [_with_spread(base, inputs.spread, reading) for reading in readings]


def is_exact(inputs: Inputs) -> bool:
    """Whether one run is enough: no random part, and runs that were made all the same are equal."""
    return inputs.deterministic and len(set(inputs.finished)) == 1


def floored_sd(inputs: Inputs) -> float:
    """Sd of our runs (ddof 1), in the printed unit.

    A proportion of n items lies on a grid of 1 / n. Runs that agree on it may still differ by less, so for a proportion
    the sd is not taken below that of an even distribution over one step of the grid, 1 / (sqrt(12) n).
    """
    s = plain_sd(inputs.finished)
    if not inputs.proportion or inputs.items is None:
        return s
    return max(s, inputs.unit_size / (sqrt(12) * inputs.items))


def plain_sd(values: tuple[float, ...]) -> float:
    """Sd with ddof 1; exactly 0 where all values are equal."""
    return 0.0 if len(set(values)) == 1 else float(np.std(values, ddof=1))


def _with_spread(base: Estimate, spread: float, reading: Reading) -> Estimate:
    k0 = base.k0
    s0 = spread
    if reading == "se":
        s0 = spread * sqrt(k0)
    elif reading == "ci95":
        s0 = spread * sqrt(k0) / (quantiles.t(k0 - 1, 0.975) if k0 > 1 else quantiles.z(0.975))
    paper_df = float(k0 - 1) if k0 > 1 else inf
    return replace(base, s0=s0, v_paper=s0**2 / k0, paper_df=paper_df, reading=reading)
