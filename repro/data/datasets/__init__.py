"""The built-in data sets, one file each: facts, sources with checksums, parser, reader."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from repro.data.items import Items
    from repro.spec.experiment import Dataset


def read_items(dataset: "Dataset", folder: "Path") -> "Items":
    """Read a built-in data set, or own data of ``folder``; see :func:`repro.data.datasets.read.read_items`."""
    from repro.data.datasets.read import read_items as read

    return read(dataset, folder)
