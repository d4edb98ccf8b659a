"""How many items each class has in each part."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.splits import Split


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
            for part, class_counts in counts[label].items()
            for name in class_counts
            if name not in known
        ]
    if missing:
        return {"state": "found", "text": "; ".join(missing), "counts": counts}
    return {
        "state": "ok",
        "text": "every class of every part is in train" if columns else "no classes",
        "counts": counts,
    }
