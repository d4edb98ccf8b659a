"""Items of different parts with exactly the same values."""

from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.permutation import IntArray
from repro.data.splits import Split

EXAMPLES = 5
"""How many pairs of duplicates are shown."""


def duplicates(items: Items, split: Split) -> dict[str, Any]:
    """Items of different parts with exactly the same values, by their sha256.

    ``count`` is the number of items outside train that have such a twin in another part; ``examples`` are pairs
    ``[part, item, part, item]``.
    """
    first: dict[bytes, tuple[str, int]] = {}
    elsewhere: dict[str, int] = {}
    within: dict[str, int] = {}
    examples: list[list[Any]] = []
    repeated = _maybe_repeated(items, split)
    for part, rows in split.parts.items():
        twins: set[bytes] = set()
        for row in rows[np.isin(rows, repeated)].tolist():
            key = items.content(row)
            seen = first.setdefault(key, (part, row))
            if seen[0] != part:
                elsewhere[part] = elsewhere.get(part, 0) + 1
                if len(examples) < EXAMPLES:
                    examples.append([seen[0], seen[1], part, row])
            elif key in twins:
                within[part] = within.get(part, 0) + 1
            twins.add(key)
    count = sum(elsewhere.values())
    inside = "".join(f"; {n} repeated inside {part}" for part, n in within.items())
    if not count:
        return {"state": "ok", "text": f"no item of one part is equal to one of another{inside}", "count": 0}
    said = " and ".join(f"{n} of {len(split.parts[part])} items of {part}" for part, n in elsewhere.items())
    shown = ", ".join(f"{a} {i} = {b} {j}" for a, i, b, j in examples)
    text = f"{said} are equal to an item of another part: {shown}{inside}"
    return {"state": "found", "text": text, "count": count, "examples": examples}


def _maybe_repeated(items: Items, split: Split) -> IntArray:
    """All rows with an equal one, and perhaps others: 8 bytes of each row's hash are compared, which is all we keep."""
    rows = np.concatenate(list(split.parts.values()))
    heads = np.fromiter((int.from_bytes(items.content(row)[:8]) for row in rows), np.uint64, len(rows))
    _, at, counts = np.unique(heads, return_inverse=True, return_counts=True)
    return np.unique(rows[counts[at] > 1])
