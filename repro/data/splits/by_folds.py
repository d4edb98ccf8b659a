"""Folds: each is the test part of a run of its own."""

import numpy as np

from repro.data.arrays import IntArray
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.seeds import derive
from repro.data.splits.amounts import count_of
from repro.data.splits.by_column import cells
from repro.data.splits.carry import carry
from repro.data.splits.previous import PreviousParts
from repro.data.splits.take import Ties, deal, take
from repro.spec.column_names import fold_column
from repro.spec.experiment import Splits
from repro.spec.folds import in_order


def by_folds(
    items: Items, splits: Splits, fold: int, ties: Ties, seed: int, former: PreviousParts | None = None
) -> dict[str, IntArray]:
    """The parts of one fold's run: the fold is test, the next or previous one (or an amount of the rest) validation.

    Args:
        items: the data set.
        splits: with ``folds``.
        fold: number of the fold, from 1.
        ties: what amounts are drawn by, and folds where they are drawn.
        seed: of the split.
        former: where items were before the data changed.

    Raises:
        DataError: no such fold, an empty one, a value that no item has.

    """
    folds = all_folds(items, splits, ties, seed)
    if former is not None and splits.folds is not None and splits.folds.by == "count":
        folds = _carried_folds(folds, former, ties, len(items))
    if not 1 <= fold <= len(folds):
        raise DataError(f"splits.folds: there are {len(folds)} folds of {items.name}, no fold {fold}")
    test = folds[fold - 1]
    others = [rows for number, rows in enumerate(folds, 1) if number != fold]
    if splits.validation in ("next", "previous"):
        at = (fold if splits.validation == "next" else fold - 2) % len(folds)
        validation = folds[at]
        train = [rows for number, rows in enumerate(folds) if number not in (fold - 1, at)]
        return {"test": test, "validation": validation, "train": _together(train)}
    pool = _together(others)
    if not isinstance(splits.validation, int | float):
        return {"test": test, "train": pool}
    count = count_of("validation", splits.validation, len(pool))
    validation = take(pool, count, ties, derive(seed, "splits", "validation", fold))
    rest = {"validation": validation, "train": np.setdiff1d(pool, validation)}
    if former is not None:
        inside = np.isin(np.arange(len(items)), pool)
        before = former.part_of(list(rest), len(items))
        rest = carry(rest, before, dict.fromkeys(rest, inside), units=ties.groups)
    return {"test": test, **rest}


def _carried_folds(folds: list[IntArray], former: PreviousParts, ties: Ties, count: int) -> list[IntArray]:
    everywhere = np.ones(count, dtype=bool)
    drawn = {str(number): rows for number, rows in enumerate(folds)}
    before = former.fold_of(len(folds), count)
    return list(carry(drawn, before, dict.fromkeys(drawn, everywhere), units=ties.groups).values())


def all_folds(items: Items, splits: Splits, ties: Ties, seed: int) -> list[IntArray]:
    """The rows of every fold, in order. DataError where a fold has none."""
    folds = splits.folds
    assert folds is not None
    if folds.by == "count":
        assert folds.count is not None
        fold_rows = deal(np.arange(len(items), dtype=np.int64), folds.count, ties, derive(seed, "splits", "folds"))
    else:
        official = fold_column(items.columns) or "fold"
        column = folds.column or (official if folds.by == "official" else splits.group or "")
        names = cells(items, column, "splits.folds")
        lists = folds.lists or tuple((value,) for value in in_order(np.unique(names[names != ""]).tolist()))
        known = set(names.tolist())
        for value in (value for fold_values in lists for value in fold_values):
            if value not in known:
                raise DataError(f"splits.folds: no item of {items.name} has {column} {value!r}")
        fold_rows = [np.flatnonzero(np.isin(names, fold_values)).astype(np.int64) for fold_values in lists]
    if splits.own_folds not in (None, len(fold_rows)):
        text = f"the class says that there are {splits.own_folds}, its items have {len(fold_rows)}"
        raise DataError(f"splits.folds: {text}")
    if len(left := np.setdiff1d(np.arange(len(items)), np.concatenate(fold_rows))):
        text = f"{len(left)} items of {items.name} are in no fold, and would never be tested; the first is"
        raise DataError(f"splits.folds: {text} item {left[0]}")
    for number, rows in enumerate(fold_rows, 1):
        if not len(rows):
            raise DataError(f"splits.folds: fold {number} of {len(fold_rows)} has no items")
    return fold_rows


def _together(parts: list[IntArray]) -> IntArray:
    return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
