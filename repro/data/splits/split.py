"""A split: which items are for training, validation and test."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from repro.data.arrays import IntArray

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of each part, ascending; ``validation`` is missing where there is none.

    ``how`` says how it was drawn (seed, amounts, stratified by), ``items`` is the number of items of the data set.
    """

    parts: Mapping[str, IntArray]
    items: int
    how: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The hash of the number of items and of each part's name and rows."""
        digest = hashlib.sha256(f"splits 1\0{self.items}\0".encode())
        for name in sorted(self.parts):
            digest.update(f"{name}\0{part_sha256(self.parts[name])}\0".encode())
        return digest.hexdigest()


def part_sha256(rows: IntArray) -> str:
    """The sha256 of rows as little-endian 64-bit numbers."""
    return hashlib.sha256(np.ascontiguousarray(rows, dtype="<i8").tobytes()).hexdigest()
