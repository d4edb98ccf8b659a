"""Are the folds of the data set's publisher kept apart?"""

from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.splits import Split
from repro.spec.column_names import fold_column

EXAMPLES = 5
"""How many folds are named."""


def fold_reuse(items: Items, split: Split) -> dict[str, Any] | None:
    """Whether a published fold is in test and in another part; None where the data set has no folds.

    ``found``, as nobody promised to keep them: but items of one fold are often cut from one recording.
    """
    column = fold_column(items.columns)
    if column is None:
        return None
    cells = items.columns[column].astype(str)
    of_part = {part: set(np.unique(cells[rows]).tolist()) - {""} for part, rows in split.parts.items()}
    findings = []
    for part in ("train", "validation"):
        if both := sorted(of_part["test"] & of_part.get(part, set())):
            shown = ", ".join(both[:EXAMPLES]) + (", ..." if len(both) > EXAMPLES else "")
            findings.append(f"fold{'s' * (len(both) != 1)} {shown} in both {part} and test")
    if findings:
        return {
            "state": "found",
            "column": column,
            "text": f"the data set's own folds are parted: {'; '.join(findings)}",
        }
    return {"state": "ok", "text": "no fold of the data set is in test and in another part"}
