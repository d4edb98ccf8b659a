"""What the gate tells of someone's own data: files that were left out, and classes too small to be divided."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from repro.data.items import Items

SHOWN = 5
"""How many files the text names."""
FEW = 3
"""A class with fewer items than this cannot be in train, validation and test."""


def own_data_checks(items: Items, columns: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """``unreadable`` and ``few-items``, each only where there is something to tell; both stop nothing.

    Args:
        items: the data set.
        columns: class label to its column.

    """
    found = {"unreadable": unreadable(items), "few-items": few_items(items, columns)}
    return {name: check for name, check in found.items() if check is not None}


def own_data_notes(gate: Mapping[str, Any]) -> tuple[str, ...]:
    """What of it a person should read before anything trains, from a gate's result."""
    checks = gate["checks"]
    return tuple(str(checks[name]["text"]) for name in ("unreadable", "few-items") if name in checks)


def unreadable(items: Items) -> dict[str, Any] | None:
    """What was left out because it could not be read, as the spec allows."""
    if not items.skipped:
        return None
    many = f"{len(items.skipped)} item{'s' * (len(items.skipped) > 1)}"
    shown = "; ".join(items.skipped[:SHOWN]) + ("; ..." if len(items.skipped) > SHOWN else "")
    text = f"{many} of {items.name} could not be read and {'are' if len(items.skipped) > 1 else 'is'} left out: {shown}"
    return {"state": "found", "text": text, "count": len(items.skipped), "skipped": list(items.skipped)}


def few_items(items: Items, columns: Mapping[str, str]) -> dict[str, Any] | None:
    """Classes of someone's own data with fewer items than three parts could share; None where there are none."""
    if "/" not in items.name:
        return None
    said = []
    for label, column in columns.items():
        names, counts = np.unique(items.columns[column].astype(str), return_counts=True)
        said += [f"{label} {str(n)!r} has {c}" for n, c in zip(names, counts, strict=True) if c < FEW]
    if not said:
        return None
    return {"state": "found", "text": f"classes of fewer than {FEW} items in all: {', '.join(said)}"}
