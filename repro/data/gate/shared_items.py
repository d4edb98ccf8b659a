"""Does an item stand in two parts, or twice in one?"""

from itertools import combinations
from typing import Any

import numpy as np

from repro.data.splits import Split

EXAMPLES = 5
"""How many shared items are shown."""


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
