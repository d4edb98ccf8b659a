"""Items with exactly the same values, in different parts or under different labels."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from repro.data.arrays import IntArray
from repro.data.gate.published import is_built_in, is_published
from repro.data.items import Items
from repro.data.splits import Split

EXAMPLES = 5
"""How many pairs of duplicates are shown."""


def duplicates(
    items: Items, split: Split, columns: Mapping[str, str] | None = None, silent: Collection[int] = ()
) -> dict[str, Any]:
    """Items of different parts with exactly the same values, by their sha256, and equal items with different labels.

    ``failed`` for pictures, recordings and other signals: a model that has seen a test item in training is not tested
    on it, and of two labels of one item one is wrong. ``found`` for rows of a table, which are equal by chance, and
    where a built-in set is divided by its publisher.

    ``count`` is the number of items outside train that have such a twin in another part; ``examples`` are pairs
    ``[part, item, part, item]``, ``pairs`` all rows that are equal to an earlier one, with that one.

    Args:
        items: the data set.
        split: what was drawn.
        columns: class label to its column.
        silent: rows of recordings that hold nothing, which are equal for that alone.

    """
    first: dict[bytes, tuple[str, int]] = {}
    elsewhere: dict[str, int] = {}
    within: dict[str, int] = {}
    examples: list[list[Any]] = []
    pairs: dict[tuple[int, int], None] = {}
    labelled: list[list[Any]] = []
    repeated = _maybe_repeated(items, split)
    quiet = frozenset(silent)
    loud = False
    for part, rows in split.parts.items():
        twins: set[bytes] = set()
        for row in rows[np.isin(rows, repeated)].tolist():
            key = items.content(row)
            original = first.setdefault(key, (part, row))
            if original[0] != part:
                elsewhere[part] = elsewhere.get(part, 0) + 1
                loud = loud or row not in quiet
                if len(examples) < EXAMPLES:
                    examples.append([original[0], original[1], part, row])
            elif key in twins:
                within[part] = within.get(part, 0) + 1
            if row not in quiet:
                for label, column in (columns or {}).items():
                    cells = items.columns[column]
                    if str(cells[original[1]]) != str(cells[row]):
                        labelled.append([label, original[1], row])
            if original[1] != row:
                pairs[original[1], row] = None
            twins.add(key)
    count = sum(elsewhere.values())
    inside = "".join(f"; {n} repeated inside {part}" for part, n in within.items())
    findings = []
    if count:
        many = " and ".join(f"{n} of {len(split.parts[part])} items of {part}" for part, n in elsewhere.items())
        shown = ", ".join(f"{a} {_name(items, i)} = {b} {_name(items, j)}" for a, i, b, j in examples)
        findings.append(f"{many} are equal to an item of another part: {shown}")
    is_table = items.shape.axes == ("F",)
    if labelled and not is_table:
        findings.append(_labels(items, labelled, columns or {}))
    if not findings:
        return {"state": "ok", "text": f"no item of one part is equal to one of another{inside}", "count": 0}
    stops = not is_table and not is_published(items, split) and (loud or bool(labelled))
    return {
        "state": "failed" if stops else "found",
        "text": f"{'; '.join(findings)}{inside}",
        "count": count,
        "examples": examples,
        "pairs": list(pairs),
    }


def _labels(items: Items, labelled: list[list[Any]], columns: Mapping[str, str]) -> str:
    shown = ", ".join(
        f"{_name(items, first)} is {items.columns[columns[label]][first]!s} and {_name(items, second)} "
        f"{items.columns[columns[label]][second]!s}"
        for label, first, second in labelled[:EXAMPLES]
    )
    pairs = f"{len(labelled)} pair{'s' * (len(labelled) > 1)}"
    return f"{pairs} of equal items with different labels, of which one is wrong: {shown}"


def _name(items: Items, row: int) -> str:
    names = None if is_built_in(items) else items.file_names
    return str(row) if names is None else f"{row} ({names[row]})"


def _maybe_repeated(items: Items, split: Split) -> IntArray:
    """All rows with an equal one, and perhaps others: 8 bytes of each row's hash are compared, which is all we keep."""
    rows = np.concatenate(list(split.parts.values()))
    heads = np.fromiter((int.from_bytes(items.content(row)[:8]) for row in rows), np.uint64, len(rows))
    _, at, counts = np.unique(heads, return_inverse=True, return_counts=True)
    return np.unique(rows[counts[at] > 1])
