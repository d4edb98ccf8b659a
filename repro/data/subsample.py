"""A few items of each part, as a small data set of their own, for trying things out in a second."""

from collections.abc import Mapping

import numpy as np

from repro.data.arrays import permutation
from repro.data.audio.clips import Clips
from repro.data.items import Items
from repro.data.seeds import derive
from repro.data.splits import Split


def subsample(items: Items, split: Split, most: Mapping[str, int]) -> Items:
    """At most so many items of each part, drawn at random, in the data set's order; the parts become official ones.

    Only the rows that are taken are read. The same items and split give the same cut.

    Args:
        items: the whole data set.
        split: which of them are in which part.
        most: name of each part to the most items taken from it; ``train`` and ``test`` among them.

    """
    drawn = {}
    for name, count in most.items():
        rows = split.parts.get(name)
        if rows is not None:
            drawn[name] = np.sort(rows[permutation(len(rows), derive(0, "cut", name))[:count]])
    rows = np.unique(np.concatenate(list(drawn.values())))
    return Items(
        name=items.name,
        values=items.values.take(rows) if isinstance(items.values, Clips) else np.asarray(items.values[rows]),
        shape=items.shape,
        columns={name: np.asarray(cells)[rows] for name, cells in items.columns.items()},
        parts={name: np.searchsorted(rows, part).astype(np.int64) for name, part in drawn.items()},
        rate=items.rate,
        names=tuple(items.names[row] for row in rows.tolist()) if items.names else (),
    )
