"""Do stretches of one recording stand in two parts?"""

from itertools import combinations
from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.splits import Split

EXAMPLES = 5
"""How many files are named."""


def same_file(items: Items, split: Split) -> dict[str, Any] | None:
    """No file is cut into items of two parts; None for items that are no recordings."""
    if items.clips is None:
        return None
    names = np.asarray(items.clips.names)
    of_part = {part: set(names[rows].tolist()) for part, rows in split.parts.items()}
    findings = []
    for first_part, second_part in combinations(of_part, 2):
        if both := sorted(of_part[first_part] & of_part[second_part]):
            shown = ", ".join(both[:EXAMPLES]) + (", ..." if len(both) > EXAMPLES else "")
            files = f"{len(both)} file{'s' * (len(both) != 1)}"
            findings.append(f"stretches of {files} are in both {first_part} and {second_part}: {shown}")
    if findings:
        return {"state": "failed", "text": "; ".join(findings)}
    return {"state": "ok", "text": "no file is cut into items of two parts"}
