"""A data set without the labels of its test items, for a process that must not be able to know them."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from repro.data.arrays import IntArray
from repro.data.audio.clips import Clips
from repro.data.items import Items
from repro.data.seeds import derive
from repro.data.splits import Split

OPEN_PARTS = ("train", "validation")


def without_test_labels(items: Items, split: Split, links: Path) -> Items:
    """A copy in which everything that is known of an item outside train and validation is that of some training item.

    All columns go, not only the labels', since others may tell the label (a path, a class's number). Recordings keep
    their sound and lose their name: files are called after the class often enough. The parts of ``split`` become
    official ones; ``sha256`` stays that of the items, since features are made of values, which are the same.

    Args:
        items: of the experiment's data set.
        split: what was drawn of it.
        links: an empty folder, for links to recordings under names that say nothing. It must be there as long as the
            copy is read.

    """
    hidden = np.ones(len(items), dtype=bool)
    for name in OPEN_PARTS:
        if name in split.parts:
            hidden[split.parts[name]] = False
    rows = np.flatnonzero(hidden)
    blank = _with_columns_of(items, rows, split.parts["train"], links)
    return replace(blank, parts={name: np.array(part) for name, part in split.parts.items()})


def without_labels(items: Items, links: Path) -> Items:
    """A copy of another data set, all of it there to be tested on; each item has the columns of some other one."""
    everything = np.arange(len(items), dtype=np.int64)
    return _with_columns_of(items, everything, everything, links)


def _with_columns_of(items: Items, rows: IntArray, others: IntArray, links: Path) -> Items:
    """A copy in which the ``rows`` have, in all columns, what stands at rows drawn from ``others``."""
    drawn = np.random.default_rng(derive(0, "blanked")).choice(others, size=len(rows))
    columns = {}
    for name, cells in items.columns.items():
        copy = np.array(cells)
        copy[rows] = cells[drawn]
        columns[name] = copy
    values = items.values if items.clips is None else _without_names(items.clips, rows, links)
    return replace(items, values=values, columns=columns, skipped=(), groups=())


def _without_names(clips: Clips, rows: IntArray, links: Path) -> Clips:
    names = list(clips.names)
    linked: dict[str, str] = {}
    for row in rows.tolist():
        if row in clips.given:
            names[row] = f"{row}"
            continue
        source = clips.path(row)
        if names[row] not in linked:
            target = links / f"{len(linked)}{source.suffix}"
            try:
                os.link(source, target)
            except OSError:  # another disk, or one without hard links
                shutil.copyfile(source, target)
            linked[names[row]] = str(target)
        names[row] = linked[names[row]]
    return replace(clips, names=tuple(names))
