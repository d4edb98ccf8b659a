"""Drawing a split: which items are for training, validation and test, drawn once from a seed of its own.

A draw uses sha256 and Philox only (:mod:`repro.data.arrays`), so it stays the same under every version of numpy.
"""

from typing import Any

import numpy as np

from repro.data.arrays import IntArray
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.splits.amounts import from_official, from_pool
from repro.data.splits.by_column import by_names, by_values, cells
from repro.data.splits.by_folds import by_folds
from repro.data.splits.carry import Mask, carry
from repro.data.splits.previous import PreviousParts
from repro.data.splits.split import PARTS, Split
from repro.data.splits.take import Ties
from repro.spec.experiment import Splits, Values


def draw(
    items: Items,
    splits: Splits,
    *,
    seed: int,
    stratify: str | None = None,
    fold: int | None = None,
    former: PreviousParts | None = None,
) -> Split:
    """Divide the items as the spec says.

    ``official``: a count below the official part's draws so many items from it, an equal one checks that it is the
    official number, a share is of the official part. Validation comes out of train: first validation is drawn, then
    train from what is left, so that experiments with less training data share their validation items; where train is
    the whole official part (its number, or nothing written) it becomes what validation leaves. ``all``, or amounts
    alone: test is drawn first, then validation, then train, from all items; ``rest`` is what the others leave.

    With a group, counts and shares are met as nearly as whole groups allow. ``folds``: the parts of the run whose test
    part is this fold. ``column``, or values of one: items whose cell names them.

    Args:
        items: the data set.
        splits: the spec's words.
        seed: the run's seed, used where the spec says ``seed: run``.
        stratify: column by which each draw keeps the shares of the values, unless the spec names one.
        fold: number of the fold, from 1, where the splits are folds.
        former: where items were before the data changed. What the data or the spec do not put into another part stays
            there, and ``how`` of the split says so.

    Raises:
        DataError: no official parts, more items asked for than there are, a part without items, no such column, a
            group that is empty for some items; at its line where the splits stand in a file.

    """
    try:
        drawn = _drawn(items, splits, seed if splits.seed == "run" else splits.seed, stratify, fold)
        return drawn if former is None else _carried(drawn, items, splits, stratify, fold, former)
    except DataError as error:
        if not splits.place.line:
            raise
        raise DataError(f"{splits.place}: {error}") from error


def _drawn(
    items: Items,
    splits: Splits,
    split_seed: int,
    stratify: str | None,
    fold: int | None,
    former: PreviousParts | None = None,
) -> Split:
    column = splits.stratify or stratify
    ties = _ties(items, splits, column)
    parts, how = _parts(items, splits, ties, split_seed, fold, former)
    for name in ("train", "test"):
        if not len(parts.get(name, ())):
            raise DataError(f"splits: the {name} part has no items")
    description: dict[str, Any] = {"from": how, "seed": split_seed, "stratify": column}
    description |= {name: _said(getattr(splits, name)) for name in PARTS if getattr(splits, name) is not None}
    description |= {"group": splits.group} if splits.group is not None else {}
    description |= {"fold": fold} if splits.folds is not None else {}
    return Split({name: np.sort(parts[name]) for name in PARTS if len(parts.get(name, ()))}, len(items), description)


def _ties(items: Items, splits: Splits, column: str | None) -> Ties:
    codes = np.zeros(len(items), dtype=np.int64)
    if column is not None:
        codes = _numbered(items, column, "splits.stratify")
    group = splits.group
    if group is None and splits.folds is not None and splits.folds.by == "lists":
        group = splits.folds.column  # what a share of validation is drawn by
    return Ties(codes, None if group is None else _groups(items, group))


def _carried(
    drawn: Split, items: Items, splits: Splits, stratify: str | None, fold: int | None, former: PreviousParts
) -> Split:
    """The fresh draw with former parts kept; the draw itself where nothing changes by that."""
    if splits.folds is not None:
        split = _drawn(items, splits, drawn.how["seed"], stratify, fold, former)
    elif splits.column is not None:
        return drawn
    else:
        units = _ties(items, splits, splits.stratify or stratify).groups
        allowed = _allowed(items, splits, drawn)
        used = np.logical_or.reduce(list(allowed.values()))
        all_used = sum(map(len, drawn.parts.values())) == int(used.sum())
        before = former.part_of(list(drawn.parts), len(items))
        split = Split(carry(drawn.parts, before, allowed, units=units, all_used=all_used), len(items), drawn.how)
    if split.sha256 == drawn.sha256:
        return drawn
    return Split(split.parts, split.items, {**drawn.how, "carried": f"from data {former.data_sha256}"})


def _allowed(items: Items, splits: Splits, drawn: Split) -> dict[str, Mask]:
    """For each part which rows the spec and the data allow in it."""
    choices = {name: getattr(splits, name) for name in drawn.parts}
    if drawn.how["from"] == "official":
        own = {name: items.parts.get(name, items.parts["train"]) for name in drawn.parts}
        return {name: np.isin(np.arange(len(items)), rows) for name, rows in own.items()}
    fixed = {name: rows for name, rows in drawn.parts.items() if isinstance(choices[name], Values)}
    free = np.ones(len(items), dtype=bool)
    for rows in fixed.values():
        free[rows] = False
    return {name: np.isin(np.arange(len(items)), fixed[name]) if name in fixed else free for name in drawn.parts}


def _parts(
    items: Items, splits: Splits, ties: Ties, seed: int, fold: int | None, former: PreviousParts | None
) -> tuple[dict[str, IntArray], str]:
    if splits.folds is not None:
        if fold is None:
            raise DataError("splits.folds: a run of a study with folds is of one fold")
        return by_folds(items, splits, fold, ties, seed, former), f"folds: {splits.folds.by}"
    if fold is not None:
        raise DataError(f"splits: fold {fold} of a study without folds")
    if splits.column is not None:
        return by_names(items, splits.column), f"column {splits.column}"
    if any(isinstance(getattr(splits, name), Values) for name in PARTS):
        return by_values(items, splits, ties, seed), "values of a column"
    amounts: dict[str, Any] = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    if splits.source == "official" or (splits.source is None and not any(a is not None for a in amounts.values())):
        return from_official(items, amounts, ties, seed), "official"
    return from_pool(np.arange(len(items), dtype=np.int64), amounts, ties, seed), "all"


def _numbered(items: Items, column: str, key: str) -> IntArray:
    return np.unique(cells(items, column, key), return_inverse=True)[1].reshape(-1).astype(np.int64)


def _groups(items: Items, column: str) -> IntArray:
    names = cells(items, column, "splits.group")
    if len(empty := np.flatnonzero(names == "")):
        text = f"the column {column!r} of {items.name} is empty for {len(empty)} items, the first is item {empty[0]}"
        raise DataError(f"splits.group: {text}; nobody knows what these belong to")
    return _numbered(items, column, "splits.group")


def _said(amount: Any) -> Any:
    return {amount.column: list(amount.values)} if isinstance(amount, Values) else amount
