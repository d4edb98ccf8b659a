"""Splits: which items are for training, validation and test. A file for each way of dividing; ``draw`` knows all."""

from repro.data.splits.draw import draw
from repro.data.splits.previous import PreviousParts
from repro.data.splits.split import PARTS, Split, part_sha256

__all__ = ["PARTS", "PreviousParts", "Split", "draw", "part_sha256"]
