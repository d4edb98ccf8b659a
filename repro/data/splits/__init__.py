"""Splits: which items are for training, validation and test. A file for each way of dividing; ``draw`` knows all."""

from repro.data.splits.draw import draw
from repro.data.splits.former import Former
from repro.data.splits.split import PARTS, Split, part_sha256

__all__ = ["PARTS", "Former", "Split", "draw", "part_sha256"]
