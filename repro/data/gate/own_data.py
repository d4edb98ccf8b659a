"""What the gate tells of someone's own data: files that were left out, and classes too small to be divided."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from repro.data.gate.published import is_built_in
from repro.data.items import Items
from repro.spec.similar_names import shown_plainly, similar

SHOWN = 5
"""How many files the text names."""
NOTED = ("unreadable", "odd-files", "alike", "few-items", "other-columns", "channels-cancel")
"""Checks whose findings are read before anything trains, though they stop nothing."""
MOST_NAMES = 2000
"""A column of more names is not looked through."""
FEW = 3
"""A class with fewer items than this cannot be in train, validation and test."""


def own_data_checks(items: Items, columns: Mapping[str, str], groups: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """``unreadable``, ``odd-files``, ``alike`` and ``few-items``, each where there is something to tell; none stops.

    Args:
        items: the data set.
        columns: class label to its column.
        groups: columns that tie items together.

    """
    checks = {
        "unreadable": unreadable(items),
        "odd-files": odd_files(items),
        "alike": nearly_the_same(items, dict.fromkeys([*columns.values(), *groups])),
        "few-items": few_items(items, columns),
    }
    return {name: check for name, check in checks.items() if check is not None}


def own_data_notes(gate: Mapping[str, Any]) -> tuple[str, ...]:
    """What of it a person should read before anything trains, from a gate's result."""
    checks = gate["checks"]
    return tuple(str(checks[name]["text"]) for name in NOTED if checks.get(name, {}).get("state") == "found")


def unreadable(items: Items) -> dict[str, Any] | None:
    """What was left out because it could not be read, as the spec allows."""
    if not items.skipped:
        return None
    many = f"{len(items.skipped)} item{'s' * (len(items.skipped) > 1)}"
    shown = "; ".join(items.skipped[:SHOWN]) + ("; ..." if len(items.skipped) > SHOWN else "")
    text = f"{many} of {items.name} could not be read and {'are' if len(items.skipped) > 1 else 'is'} left out: {shown}"
    return {"state": "found", "text": text, "count": len(items.skipped), "skipped": list(items.skipped)}


def odd_files(items: Items) -> dict[str, Any] | None:
    """What is odd of files that were read all the same."""
    if not items.notes:
        return None
    text = "; ".join(items.notes[:SHOWN]) + ("; ..." if len(items.notes) > SHOWN else "")
    return {"state": "found", "text": text, "notes": list(items.notes)}


def nearly_the_same(items: Items, columns: Iterable[str]) -> dict[str, Any] | None:
    """Names in a column that differ in case, spaces or invisible marks only, and may be one."""
    if is_built_in(items):
        return None
    similar_names = []
    for column in columns:
        if (cells := np.asarray(items.columns[column])).dtype.kind not in "UO":
            continue
        counts = Counter(cells.astype(str).tolist())
        for names in similar(sorted(counts)) if len(counts) <= MOST_NAMES else ():
            similar_names.append(
                f"{column} "
                + " and ".join(
                    f"{shown_plainly(name)} ({counts[name]} item{'s' * (counts[name] > 1)})" for name in names
                )
            )
    if not similar_names:
        return None
    more = f", and {len(similar_names) - SHOWN} more" if len(similar_names) > SHOWN else ""
    text = f"names that are nearly the same, written alike where they are one: {'; '.join(similar_names[:SHOWN])}{more}"
    return {"state": "found", "text": text}


def few_items(items: Items, columns: Mapping[str, str]) -> dict[str, Any] | None:
    """Classes of someone's own data with fewer items than three parts could share; None where there are none."""
    if "/" not in items.name:
        return None
    rare_classes = []
    for label, column in columns.items():
        names, counts = np.unique(items.columns[column].astype(str), return_counts=True)
        rare_classes += [f"{label} {str(n)!r} has {c}" for n, c in zip(names, counts, strict=True) if c < FEW]
    if not rare_classes:
        return None
    return {"state": "found", "text": f"classes of fewer than {FEW} items in all: {', '.join(rare_classes)}"}
