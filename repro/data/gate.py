"""The leakage gate: does anything of the test or validation items reach training? Asked before training starts."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from repro.data.data_error import DataError
from repro.data.fitted_on_all import fitted_on_all
from repro.data.items import Items
from repro.data.own_data_checks import own_data_checks
from repro.data.permutation import IntArray
from repro.data.splits import Split

EXAMPLES = 5
"""How many pairs of duplicates are shown."""


class GateError(DataError):
    """The gate failed and the spec has no waiver. ``gate`` is its whole result."""

    def __init__(self, text: str, gate: Mapping[str, Any]) -> None:
        super().__init__(text)
        self.gate = gate


def check(items: Items, split: Split, columns: Mapping[str, str], fitted: Sequence[str] = ()) -> dict[str, Any]:
    """All checks: ``{"checks": {id: {"state": "ok" | "found" | "failed", "text": ...}}}``.

    ``found`` is shown and stops nothing; ``failed`` makes the run invalid.

    Args:
        items: the data set.
        split: what was drawn.
        columns: class label to its column.
        fitted: names of the features that learn from data.

    """
    checks = {
        "shared-items": shared_items(split),
        "duplicates": duplicates(items, split),
        "labels": labels(items, split, columns),
        "fitted": fitted_on_train(split, fitted),
        "fitted-on-all": fitted_on_all(items, split),
    }
    return {"checks": checks | own_data_checks(items, columns)}


def shared_items(split: Split) -> dict[str, Any]:
    """No item stands in two parts, or twice in one."""
    said = []
    for name, rows in split.parts.items():
        if twice := len(rows) - len(np.unique(rows)):
            said.append(f"{twice} more than once in {name}")
    for one, other in combinations(split.parts, 2):
        if both := np.intersect1d(split.parts[one], split.parts[other]).tolist():
            said.append(f"{len(both)} in both {one} and {other} (item {', '.join(map(str, both[:EXAMPLES]))})")
    if said:
        return {"state": "failed", "text": "shared items: " + "; ".join(said)}
    return {"state": "ok", "text": "no item stands in two parts"}


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


def labels(items: Items, split: Split, columns: Mapping[str, str]) -> dict[str, Any]:
    """How many items each class has in each part; a class that train lacks is ``found``."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    missing = []
    for label, column in columns.items():
        cells = items.columns[column].astype(str)
        counts[label] = {}
        for part, rows in split.parts.items():
            names, numbers = np.unique(cells[rows], return_counts=True)
            counts[label][part] = {str(n): int(c) for n, c in zip(names, numbers, strict=True)}
        known = set(counts[label]["train"])
        missing += [
            f"{label} {name!r} is in {part} and not in train"
            for part, found in counts[label].items()
            for name in found
            if name not in known
        ]
    if missing:
        return {"state": "found", "text": "; ".join(missing), "counts": counts}
    return {
        "state": "ok",
        "text": "every class of every part is in train" if columns else "no classes",
        "counts": counts,
    }


def fitted_on_train(split: Split, fitted: Sequence[str]) -> dict[str, Any]:
    """What learns from data has seen the training items only: the code that fits gets no others."""
    if not fitted:
        return {"state": "ok", "text": "no feature learns from data"}
    return {"state": "ok", "text": f"{', '.join(fitted)} fitted on the {len(split.parts['train'])} items of train only"}


def failures(gate: Mapping[str, Any]) -> list[str]:
    """Texts of the checks that failed."""
    return [c["text"] for c in gate["checks"].values() if c["state"] == "failed"]


def _maybe_repeated(items: Items, split: Split) -> IntArray:
    """All rows with an equal one, and perhaps others: 8 bytes of each row's hash are compared, which is all we keep."""
    rows = np.concatenate(list(split.parts.values()))
    heads = np.fromiter((int.from_bytes(items.content(row)[:8]) for row in rows), np.uint64, len(rows))
    _, at, counts = np.unique(heads, return_inverse=True, return_counts=True)
    return np.unique(rows[counts[at] > 1])
