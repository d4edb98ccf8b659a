"""Does an item stand in two parts, or twice in one?"""

from itertools import combinations
from typing import Any

import numpy as np

from repro.data.splits import Split

EXAMPLES = 5
"""How many shared items are shown."""


def shared_items(split: Split) -> dict[str, Any]:
    """No item stands in two parts, or twice in one."""
    findings = []
    for name, rows in split.parts.items():
        if twice := len(rows) - len(np.unique(rows)):
            findings.append(f"{twice} more than once in {name}")
    for first_part, second_part in combinations(split.parts, 2):
        if both := np.intersect1d(split.parts[first_part], split.parts[second_part]).tolist():
            findings.append(
                f"{len(both)} in both {first_part} and {second_part} (item {', '.join(map(str, both[:EXAMPLES]))})"
            )
    if findings:
        return {"state": "failed", "text": "shared items: " + "; ".join(findings)}
    return {"state": "ok", "text": "no item stands in two parts"}
