"""Former parts: where items were divided to before their data set changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from repro.data.arrays import IntArray
from repro.data.splits.carry import NO_PART


@dataclass(frozen=True, eq=False)
class PreviousParts:
    """Rows of the data as they are now, by the part that they were in before: those of one run, and of every fold.

    ``folds`` are the former test parts by the number of the fold, from 1. ``data_sha256`` is of the former data.
    """

    data_sha256: str
    parts: Mapping[str, IntArray]
    folds: Mapping[int, IntArray] = field(default_factory=dict)

    def part_of(self, names: Sequence[str], count: int) -> IntArray:
        """``(count,)``: for each row the number of its part among ``names``, -1 where it was in none of them."""
        return _numbered([self.parts.get(name) for name in names], count)

    def fold_of(self, folds: int, count: int) -> IntArray:
        """``(count,)``: for each row the fold whose test part it was in, from 0; -1 where nobody knows."""
        return _numbered([self.folds.get(number) for number in range(1, folds + 1)], count)


def _numbered(parts: Sequence[IntArray | None], count: int) -> IntArray:
    before = np.full(count, NO_PART, dtype=np.int64)
    for number, rows in enumerate(parts):
        if rows is not None:
            before[rows] = number
    return before
