"""Made: the values of some items after their features, in memory or in a file."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import IntArray
from repro.data.lazy_rows import LazyRows, Values


@dataclass(frozen=True, eq=False)
class FeatureArray:
    """The values of ``rows`` (ascending), ``(M, *sizes)``.

    ``large``: they are those of a map file, or of the items themselves, and no part of them is ever copied. Where items
    were cut into segments, ``owners`` are for each value its item's position in ``rows``, int64 ``(M,)`` ascending, and
    ``places`` which of the item's segments it is (:class:`repro.data.features.signals.Signals`); else None and M is
    the number of rows.
    """

    rows: IntArray
    values: Tensor
    large: bool = False
    owners: IntArray | None = None
    places: IntArray | None = None

    def part(self, rows: IntArray) -> Values:
        """The values of some of the rows: a view where they lie side by side, else a copy; of large ones neither."""
        at = self.at(rows)
        if len(at) and at[-1] - at[0] == len(at) - 1:
            beside = self.values[int(at[0]) : int(at[-1]) + 1]
            return LazyRows(beside) if self.large else beside
        picked = torch.tensor(at)
        return LazyRows(self.values, picked) if self.large else self.values.index_select(0, picked)

    def at(self, rows: IntArray) -> IntArray:
        """Positions of the values of these rows, those of one item side by side."""
        items = np.searchsorted(self.rows, rows)
        if self.owners is None:
            return items
        first = np.searchsorted(self.owners, items)
        counts = np.searchsorted(self.owners, items, side="right") - first
        before = np.cumsum(counts) - counts
        return np.asarray(np.arange(counts.sum()) + np.repeat(first - before, counts), dtype=np.int64)

    def counts(self, rows: IntArray) -> IntArray | None:
        """How many values each of these rows has; None where all have one."""
        if self.owners is None:
            return None
        items = np.searchsorted(self.rows, rows)
        return np.asarray(np.searchsorted(self.owners, items, side="right") - np.searchsorted(self.owners, items))

    def segments(self, rows: IntArray) -> tuple[IntArray, IntArray] | None:
        """For these rows how many segments each has, and the places of all of them; None where nothing was cut."""
        counts = self.counts(rows)
        if counts is None or self.places is None:
            return None
        return counts, self.places[self.at(rows)]

    @property
    def memory_bytes(self) -> int:
        """Memory that keeping it takes."""
        return 0 if self.large else self.values.nbytes
