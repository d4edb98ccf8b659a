"""Classes with too few items to be in every part."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from repro.data.items import Items

FEW = 3
"""A class with fewer items than this cannot be in train, validation and test."""


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
