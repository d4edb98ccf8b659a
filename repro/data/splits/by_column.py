"""Parts by the values of a column."""

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.splits.amounts import from_pool
from repro.data.splits.split import PARTS
from repro.data.splits.take import Ties
from repro.spec.experiment import Splits, Values


def cells(items: Items, column: str, key: str) -> AnyArray:
    """A column as texts. DataError where there is none; ``key`` says which word of the spec asks for it."""
    if column not in items.columns:
        known = ", ".join(items.columns) or "none"
        raise DataError(f"{key}: {items.name} has no column {column!r}; it has {known}")
    return items.columns[column].astype(str)


def by_names(items: Items, column: str) -> dict[str, IntArray]:
    """A column whose cells are train, validation and test; an item whose cell is empty is in no part.

    Raises:
        DataError: another cell, or no such column.

    """
    names = cells(items, column, "splits.column")
    other = np.flatnonzero(~np.isin(names, [*PARTS, ""]))
    if len(other):
        text = f"item {other[0]} is {str(names[other[0]])!r}; a cell is train, validation or test, or empty"
        raise DataError(f"splits.column: {column}: {text}")
    return {part: np.flatnonzero(names == part).astype(np.int64) for part in PARTS}


def by_values(items: Items, splits: Splits, ties: Ties, seed: int) -> dict[str, IntArray]:
    """Parts that are chosen by values first; the others are drawn from what is left, of which shares are.

    Raises:
        DataError: a value that no item has, an item asked for twice, more items than there are.

    """
    choices = {part: getattr(splits, part) for part in PARTS}
    parts: dict[str, IntArray] = {}
    left = np.ones(len(items), dtype=bool)
    for part, values in choices.items():
        if isinstance(values, Values):
            names = cells(items, values.column, f"splits.{part}")
            for value in values.values:
                if not (names == value).any():
                    raise DataError(f"splits.{part}: no item has {values.column} {value!r}")
            rows = np.flatnonzero(np.isin(names, values.values)).astype(np.int64)
            if not left[rows].all():
                raise DataError(f"splits.{part}: {int((~left[rows]).sum())} of its items are in another part already")
            left[rows] = False
            parts[part] = rows
    drawn = {part: amount for part, amount in choices.items() if not isinstance(amount, Values)}
    return parts | from_pool(np.flatnonzero(left).astype(np.int64), drawn, ties, seed)
