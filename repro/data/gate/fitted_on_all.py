"""Do numbers give away that they were normalised with statistics of all items, test items among them?

Whoever subtracts a mean and divides by a deviation leaves a mark: over the very items that were looked at the mean is 0
and the deviation 1, to the last digits, and over any other choice of items it is not. So values whose mark is exact
over all items, and not over the training items alone, were fitted on all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.items import Items
from repro.data.splits import Split

CHUNK_BYTES = 2**24
"""Memory that a chunk takes as float64."""

_SAMPLE = 2048
_ENOUGH = 4  # features, before equal ends prove anything
_RARE = 2  # items at an end: where more are, values are clipped or lie on a grid


@dataclass
class RunningStatistics:
    """Count, sums and ends of each position of an item, over the items taken in so far; float64."""

    count: int = 0
    total: AnyArray = field(default_factory=lambda: np.zeros(()))
    square: AnyArray = field(default_factory=lambda: np.zeros(()))
    low: AnyArray = field(default_factory=lambda: np.full((), np.inf))
    high: AnyArray = field(default_factory=lambda: np.full((), -np.inf))
    at_low: AnyArray = field(default_factory=lambda: np.zeros(()))
    at_high: AnyArray = field(default_factory=lambda: np.zeros(()))

    def add(self, values: AnyArray) -> None:
        """Take in ``values`` (n, *sizes)."""
        if not len(values):
            return
        self.count += len(values)
        self.total = self.total + values.sum(0)
        self.square = self.square + np.square(values).sum(0)
        low, high = np.minimum(self.low, values.min(0)), np.maximum(self.high, values.max(0))
        self.at_low = np.where(low == self.low, self.at_low, 0) + (values == low).sum(0)
        self.at_high = np.where(high == self.high, self.at_high, 0) + (values == high).sum(0)
        self.low, self.high = low, high

    def moments(self, over: tuple[int, ...]) -> tuple[AnyArray, AnyArray]:
        """Mean and deviation (ddof 0) over all items and, of each item, over these axes (counted without the items)."""
        each = self.total.size // max(1, self.total.sum(over).size)
        mean = self.total.sum(over) / (self.count * each)
        return mean, np.sqrt(np.maximum(self.square.sum(over) / (self.count * each) - mean**2, 0))


def fitted_on_all(items: Items, split: Split) -> dict[str, Any]:
    """The gate's check of a data set's own values. ``failed`` for own code; ``found`` where a publisher did it."""
    if items.clips is not None:
        return {"state": "ok", "text": "recordings as they are in their files, not normalised"}
    if items.array.dtype.kind != "f":
        return {"state": "ok", "text": "values are whole numbers as stored, not normalised"}
    in_train = np.zeros(len(items), dtype=bool)
    in_train[split.parts["train"]] = True
    size = max(1, CHUNK_BYTES // (8 * max(1, items.shape.numel)))
    starts = range(0, len(items), size)
    evidence, sure = fit_evidence((items.array[s : s + size], in_train[s : s + size]) for s in starts)
    if evidence is None:
        return {"state": "ok", "text": "values do not look normalised by statistics of all items"}
    own = ":" in items.name
    text = f"{items.name} normalises with statistics of all {len(items)} items, test items among them: {evidence}"
    return {"state": "failed" if own and sure else "found", "text": text}


def fit_evidence(chunks: Iterable[tuple[Any, AnyArray]]) -> tuple[str | None, bool]:
    """What gives the fit away, in words (None for nothing), and whether it proves it.

    Args:
        chunks: values ``(n, *sizes)`` and, for each item, whether it is a training item.

    """
    every, train = RunningStatistics(), RunningStatistics()
    sample: list[AnyArray] = []
    for chunk, in_train in chunks:
        values = np.asarray(chunk, dtype=np.float64)
        if every.count < _SAMPLE and every.count * values[:1].nbytes < CHUNK_BYTES:
            sample.append(values)
        every.add(values)
        train.add(values[in_train])
    if not train.count or train.count == every.count:
        return None, False
    two_values = np.logical_and.reduce([((v == every.low) | (v == every.high)).all(0) for v in sample])
    varied: AnyArray = (every.high > every.low) & ~two_values  # yes and no, or a design of corners, prove nothing
    if not varied.any():
        return None, False
    axes = tuple(range(every.total.ndim))
    for name, over, near in (("each feature", (), 1e-4), ("each channel", axes[1:], 2e-5), ("all values", axes, 2e-5)):
        if name == "each channel" and (not over or len(every.total) == 1):
            continue
        if description := _standardized(every, train, np.asarray(varied.any(over) if over else varied), over, near):
            verb = "have" if name == "all values" else "has"
            return f"over all of them {name} {verb} {description}", True
    return _same_ends(every, train, varied)


def _standardized(
    every: RunningStatistics, train: RunningStatistics, varied: AnyArray, over: tuple[int, ...], near: float
) -> str | None:
    """Mean 0 and deviation 1 (with ddof 0 or 1), or mean 0 and sum of squares 1, over all and not over train."""
    mean, deviation = (np.atleast_1d(m)[np.atleast_1d(varied)] for m in every.moments(over))
    train_mean, train_deviation = (np.atleast_1d(m)[np.atleast_1d(varied)] for m in train.moments(over))
    n = every.count
    forms = {
        "mean 0 and deviation 1": np.abs(deviation - 1),
        "mean 0 and deviation 1 (ddof 1)": np.abs(deviation * np.sqrt(n / (n - 1)) - 1),
        "mean 0 and sum of squares 1": np.abs(deviation * np.sqrt(n) - 1),
    }
    best_form, off = min(((name, _most(form)) for name, form in forms.items()), key=lambda form: form[1])
    off = max(off, _most(np.abs(mean) / deviation))
    apart = _most(np.abs(train_mean) / deviation)
    if best_form == "mean 0 and deviation 1":
        apart = max(apart, _most(np.abs(train_deviation - 1)))
    if off > near or apart < max(near, 4 * off):
        return None
    return f"{best_form}, which the {train.count} items of train alone do not have"


def _most(off: AnyArray) -> float:
    """What nine in ten of the features stay below: a mean in float32 is rough where a feature hardly varies."""
    return float(np.quantile(off, 0.9))


def _same_ends(every: RunningStatistics, train: RunningStatistics, varied: AnyArray) -> tuple[str | None, bool]:
    """Every feature runs exactly from 0 to 1, or from -1 to 1, over all and not over train."""
    if varied.sum() < 2:
        return None, False
    low, high = every.low[varied], every.high[varied]
    first, last = round(float(low.flat[0])), round(float(high.flat[0]))
    if (first, last) not in ((0, 1), (-1, 1)) or max(np.abs(low - first).max(), np.abs(high - last).max()) > 1e-6:
        return None, False
    if max(np.abs(train.low[varied] - first).max(), np.abs(train.high[varied] - last).max()) < 1e-4:
        return None, False
    rare = np.minimum(every.at_low[varied], every.at_high[varied]) <= _RARE
    evidence = f"over all of them each feature runs exactly from {first} to {last}, which it does not over train alone"
    return evidence, bool(varied.sum() >= _ENOUGH and rare.mean() > 0.9)
