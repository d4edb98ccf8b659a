"""What a verdict is a function of: everything, as plain values, before any rule is applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from repro.results.margin import Scale

SpreadKind = Literal["sd", "se", "ci95", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """One reported number and our runs. All numbers are in the printed unit (percent, fraction, or the metric's own).

    Attributes:
        value: the reported number r.
        half_width: h, half a unit in its last printed place, or the reading error.
        reading_error: of a number read off a figure; above the margin nobody can tell.
        margin: delta, how far off still counts as reproduced.
        margin_default: the margin of the rule, where ``margin`` was declared; None when ``margin`` is it.
        values: x_1..x_k, our runs, selected the way the paper selected. One that is not finite counts as failed.
        seeds: the seed of each value, same order; counted from 0 where empty.
        failed_seeds: seeds that ended without a value.
        undefined: of the seeds whose value is not finite those that ran well, but on whose items the metric has no
            value (recall without a positive item), with the reason in words.
        direction: whether more (``max``) or less (``min``) is better.
        scale: ``percent`` (0 to 100), ``fraction`` (0 to 1) or ``unbounded``.
        proportion: True when the metric is a share of items (so many of n right); then items bring binomial noise.
        runs: k0, how many runs stand behind r; None where not stated, which counts as 1.
        spread, spread_kind: the number behind ``±`` and what it is.
        spread_over: a spread over folds is shown and never used.
        best_of: r is the best of so many runs; 0.85 to 1.87 of our sd are taken off it.
        same_test_items: the paper's test items are ours too, so their noise cancels.
        items: n1, our test items behind one value. ``items_reported``: n0, the paper's; None counts as n1.
        design_effect: D = 1 + (mean cluster size - 1) * ICC; 1 where items are independent, None where they are tied
            together and nobody knows how much.
        item_sd: for a metric that is no proportion, the sd of our value over redrawn test items (a bootstrap).
        deterministic: the experiment has no random part; one run is enough.
        wired: False or None when equal results may come from a seed that reaches nothing; True when the runs are
            known to differ (other weights, other predictions).
        folds: how many folds stand behind each value; 0 without folds.
        split_ratio: n_test / n_train where each run drew its own split at random; None for one fixed split.
        partial, invalid: reasons, in words, why this is less than the recipe, or no result at all.

    """

    value: float
    half_width: float
    reading_error: float | None = None
    margin: float
    margin_default: float | None = None
    values: tuple[float, ...]
    seeds: tuple[int, ...] = ()
    failed_seeds: tuple[int, ...] = ()
    undefined: Mapping[int, str] = field(default_factory=dict)
    direction: Literal["max", "min"] = "max"
    scale: Scale = "percent"
    proportion: bool = True
    runs: int | None = None
    spread: float | None = None
    spread_kind: SpreadKind = "sd"
    spread_over: Literal["seeds", "folds"] = "seeds"
    best_of: int | None = None
    same_test_items: bool = False
    items: int | None = None
    items_reported: int | None = None
    design_effect: float | None = 1.0
    item_sd: float | None = None
    deterministic: bool = False
    wired: bool | None = None
    folds: int = 0
    split_ratio: float | None = None
    partial: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.seeds and len(self.seeds) != len(self.values):
            raise ValueError(f"{len(self.values)} values but {len(self.seeds)} seeds")
        if self.margin < 0 or self.half_width < 0:
            raise ValueError(f"margin {self.margin} and half-width {self.half_width} cannot be negative")
        if self.runs is not None and self.runs < 1:
            raise ValueError(f"runs is {self.runs}; a number has at least one run behind it")

    @property
    def finished(self) -> tuple[float, ...]:
        """The values that count."""
        return tuple(x for x in self.values if isfinite(x))

    @property
    def failed(self) -> tuple[int, ...]:
        """Seeds without a finite value, each once, in order."""
        seeds = self.seeds or tuple(range(len(self.values)))
        not_finite = {s for s, x in zip(seeds, self.values, strict=True) if not isfinite(x)}
        return tuple(sorted(not_finite | set(self.failed_seeds)))

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.direction == "max" else -1

    @property
    def k0(self) -> int:
        """Runs behind the reported number. The best of several is the result of one run."""
        return 1 if self.best_of is not None else (self.runs or 1)

    @property
    def unit_size(self) -> float:
        """What a whole is in the printed unit: 100 for percent, else 1."""
        return 100.0 if self.scale == "percent" else 1.0

    @property
    def unit_mismatch(self) -> str | None:
        """Why the reported number cannot be in its unit, or None."""
        if self.scale == "fraction" and abs(self.value) > 1:
            return f"unit mismatch: {self.value:g} is no fraction; is it percent?"
        if self.scale == "percent" and not 0 <= self.value <= 100:
            return f"unit mismatch: {self.value:g} is no percentage of a whole"
        return None
