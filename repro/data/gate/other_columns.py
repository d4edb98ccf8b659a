"""Do items of two parts share a value of a column of which nobody has said whether it ties items together?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.splits import Split

SHOWN = 8
"""How many columns are named."""


def other_columns(items: Items, split: Split, others: Sequence[str], *, answered: bool) -> dict[str, Any] | None:
    """Columns whose values stand in several parts, by name; None where there are none.

    ``found``, so that it is read before anything trains: a room, a device or a day may tie items together as a speaker
    does, and only who made the data knows. ``ok`` where the spec has answered what ties its items together.

    Args:
        items: the data set.
        split: what was drawn.
        others: the columns that may tie items together, see :func:`repro.data.divide.other_columns_of`.
        answered: whether the spec names a group, or says that there is none.

    """
    shared = {}
    for column in others:
        cells = items.columns[column].astype(str)
        parts = [set(np.unique(cells[rows]).tolist()) - {""} for rows in split.parts.values()]
        values = len(set().union(*parts))
        if sum(map(len, parts)) > values:
            shared[column] = values
    if not shared:
        return None
    shown = ", ".join(f"{column!r} ({values} different)" for column, values in list(shared.items())[:SHOWN])
    text = f"values of {shown}{', ...' if len(shared) > SHOWN else ''} stand in more than one part"
    if answered:
        return {"state": "ok", "text": f"{text}; the spec says what ties its items together"}
    text += (
        ": if items of one value belong together (of one person, room, device or day), write "
        f'group: {next(iter(shared))} under splits; if they do not, group: none and why: "..."'
    )
    return {"state": "found", "text": text, "columns": list(shared)}
