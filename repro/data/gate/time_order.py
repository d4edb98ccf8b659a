"""Is anything learnt from the future?"""

import re
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.items import Items
from repro.data.splits import Split
from repro.spec.column_names import time_column

_ISO = re.compile(r"\d{4}-\d\d")


def time_order(items: Items, split: Split) -> dict[str, Any] | None:
    """Whether train items are older than test items; ``found`` where some are not, None without such a column.

    A column whose name says when an item was made holds numbers, or dates that sort as text (2024-05-31).
    """
    column = time_column(items.columns)
    times = None if column is None else _sortable(items.columns[column], any_text=column == "time")
    if times is None:
        return None
    train, test = times[split.parts["train"]], times[split.parts["test"]]
    first = np.min(test)
    later = int((train > first).sum())
    if not later:
        return {"state": "ok", "text": "every train item is older than every test item"}
    return {"state": "found", "text": f"{later} of {len(train)} train items are from after the first test item"}


def _sortable(cells: AnyArray, *, any_text: bool) -> AnyArray | None:
    """Times by which items can be ordered; None for texts that do not sort as dates, unless any will do."""
    if cells.dtype.kind in "iufM":
        return cells
    texts = cells.astype(str)
    try:
        return texts.astype(np.float64)
    except ValueError:
        if not any_text and not all(map(_ISO.match, texts.tolist())):
            return None
        return np.unique(texts, return_inverse=True)[1].reshape(-1)
