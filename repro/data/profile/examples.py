"""Which items are shown as examples: drawn from a fixed seed, spread over the groups."""

from collections.abc import Mapping

import numpy as np

from repro.data.arrays import AnyArray, permutation
from repro.data.items import Items
from repro.data.seeds import derive
from repro.spec.experiment import Label
from repro.spec.folds import in_order

EACH = 3
"""Examples of each class, while there are not too many of them."""

MOST = 60
"""Examples of all classes together; with more classes than that the first ones have one each."""

SHARES = {"lowest": 0.0, "lower quarter": 0.25, "middle": 0.5, "upper quarter": 0.75, "highest": 1.0}


def examples_of(items: Items, labels: Mapping[str, Label], groups: AnyArray | None) -> dict[str, tuple[int, ...]]:
    """Rows to show, by a name for what they are examples of: the class, or where in the range of a number they lie.

    Args:
        items: the data set.
        labels: the first one that is a class decides, else the first that is a number; without any, all items.
        groups: of each item; examples of a class are of different groups as far as there are.

    """
    kinds = {label.kind: label for label in reversed(list(labels.values())) if label.column in items.columns}
    if "class" in kinds:
        return spread_examples(items.columns[kinds["class"].column], groups)
    if "number" in kinds:
        order = np.argsort(items.columns[kinds["number"].column], kind="stable")
        return {name: (int(order[round(share * (len(order) - 1))]),) for name, share in SHARES.items()}
    drawn = permutation(len(items), derive(0, "look"))[: 2 * EACH]
    return {"items": tuple(sorted(drawn.tolist()))}


def spread_examples(cells: AnyArray, groups: AnyArray | None, *, seed: int = 0) -> dict[str, tuple[int, ...]]:
    """A few rows of each class, in a random order of which each group comes once before any comes twice."""
    texts = cells.astype(str)
    classes = in_order(texts.tolist())[:MOST]
    each = max(1, min(EACH, MOST // len(classes)))
    examples = {}
    for cls in classes:
        rows = np.flatnonzero(texts == cls)
        rows = rows[permutation(len(rows), derive(seed, "look", cls))]
        examples[cls] = tuple(_by_turns(rows.tolist(), groups)[:each])
    return examples


def _by_turns(rows: list[int], groups: AnyArray | None) -> list[int]:
    if groups is None:
        return rows
    next_turn: dict[str, int] = {}
    turns = []
    for row in rows:
        group = str(groups[row])
        turns.append(next_turn.get(group, 0))
        next_turn[group] = turns[-1] + 1
    return [row for _, row in sorted(zip(turns, rows, strict=True), key=lambda pair: pair[0])]
