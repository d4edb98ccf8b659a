"""Is anything learnt from the future?"""

from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.permutation import AnyArray
from repro.data.splits import Split

COLUMN = "time"
"""A column of this name says when an item was made: a number, or a date that sorts as text (2024-05-31)."""


def time_order(items: Items, split: Split) -> dict[str, Any] | None:
    """Whether train items are older than test items; ``found`` where some are not, None without such a column."""
    if COLUMN not in items.columns:
        return None
    times = _sortable(items.columns[COLUMN])
    train, test = times[split.parts["train"]], times[split.parts["test"]]
    first = np.min(test)
    later = int((train > first).sum())
    if not later:
        return {"state": "ok", "text": "every train item is older than every test item"}
    return {"state": "found", "text": f"{later} of {len(train)} train items are from after the first test item"}


def _sortable(cells: AnyArray) -> AnyArray:
    if cells.dtype.kind in "iufM":
        return cells
    texts = cells.astype(str)
    try:
        return texts.astype(np.float64)
    except ValueError:
        return np.unique(texts, return_inverse=True)[1].reshape(-1)
