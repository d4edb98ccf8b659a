"""Do items of one speaker, session or recording stand in two parts?"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from repro.data.items import Items
from repro.data.splits import Split

EXAMPLES = 8
"""How many shared values are named."""

NO_COLUMN = "no column is known to tie items together"
"""What is said where there was nothing to look at; whoever shows it gives it no tick."""


def shared_groups(items: Items, split: Split, groups: Mapping[str, bool]) -> dict[str, Any]:
    """No value of a column that ties items together stands in two parts.

    Args:
        items: the data set.
        split: what was drawn.
        groups: column to whether sharing it is a failure; else it is shown and stops nothing.

    An empty cell ties nothing. ``shared`` is ``{column: {"train, test": [values]}}``.

    """
    findings: list[str] = []
    failed = False
    shared: dict[str, dict[str, list[str]]] = {}
    for column, must_hold in groups.items():
        if column not in items.columns:
            continue
        cells = items.columns[column].astype(str)
        of_part = {name: set(np.unique(cells[rows]).tolist()) - {""} for name, rows in split.parts.items()}
        for first_part, second_part in combinations(of_part, 2):
            both = sorted(of_part[first_part] & of_part[second_part])
            if both:
                shared.setdefault(column, {})[f"{first_part}, {second_part}"] = both
                failed = failed or must_hold
        if column in shared:
            findings.append("; ".join(_sentence(column, parts, both) for parts, both in shared[column].items()))
    looked = [column for column in groups if column in items.columns]
    if findings:
        return {"state": "failed" if failed else "found", "text": "; ".join(findings), "shared": shared}
    if not looked:
        return {"state": "ok", "text": NO_COLUMN}
    return {"state": "ok", "text": f"no {' or '.join(looked)} stands in two parts"}


def _sentence(column: str, parts: str, both: list[str]) -> str:
    shown = ", ".join(both[:EXAMPLES]) + (", ..." if len(both) > EXAMPLES else "")
    many = f"{len(both)} {column}{'s' * (len(both) != 1)}"
    return f"{many} in both {' and '.join(parts.split(', '))}: {shown}"
