"""Frozen splits whose data have changed: divided anew, items that are the same staying in their parts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from repro.data.arrays import IntArray
from repro.data.divide import divide
from repro.data.frozen_splits import CARRIED, FrozenSplitsError, load_frozen, splits_path, to_json
from repro.data.item_ids import ItemChanges, ItemIds, changes, ids_of, ids_path, matched, read_ids, write_ids
from repro.data.items import Items
from repro.data.splits import PreviousParts, Split
from repro.disk.atomic_write import write_atomically
from repro.spec.experiment import Experiment

BEFORE = "before"
"""The folder beside the frozen splits of those that were frozen for earlier data."""


def redivide(
    splits_folder: Path, experiment: Experiment, items: Items, *, seed: int, folds: Sequence[int | None], force: bool
) -> tuple[str, ...]:
    """Divide anew what was frozen for other data, and say what became of it. Nothing is done where nothing was.

    The files are written; those that were there are kept in ``before/``. Items that are known again (by file and
    stretch, else by content) stay in their parts. Data that are nobody's own do not change by themselves: theirs are
    only divided anew by ``force``.

    Args:
        splits_folder: of the frozen splits.
        experiment: whose items are divided.
        items: of its data set, as they are now.
        seed: of the run.
        folds: all that the experiment has, ``(None,)`` without folds.
        force: whether the user wants it.

    Raises:
        FrozenSplitsError: a damaged file, or other data without ``force`` where they should not change.
        DataError: the items cannot be divided so.

    """
    paths = {fold: splits_path(splits_folder, experiment, seed, fold) for fold in folds}
    frozen = {fold: (path, *load_frozen(path)) for fold, path in paths.items() if path.exists()}
    other = {fold: known for fold, known in frozen.items() if known[2] != items.sha256}
    if not other:
        return ()
    path, _, data = next(iter(other.values()))
    if not experiment.dataset.is_own and not force:
        raise FrozenSplitsError(
            f"{path}: was frozen for other data (sha256 {data}, now {items.sha256}), and {items.name} is not yours to "
            "change; look at what was downloaded, or say --force to divide what is there anew"
        )
    now = ids_of(items)
    before = {data: read_ids(splits_folder, data) for _, _, data in frozen.values() if data != items.sha256}
    known = {items.sha256: now, **before}
    parts = {fold: _rows_now(split, known[data], now) for fold, (_, split, data) in frozen.items()}
    tests = {fold: rows["test"] for fold, rows in parts.items() if fold is not None and "test" in rows}
    new_splits = {}
    for fold, (_, _, data) in other.items():
        former = PreviousParts(data, parts[fold], tests) if before[data] is not None else None
        new_splits[fold] = divide(items, experiment, seed=seed, fold=fold, former=former)
    write_ids(splits_folder, now)
    for fold, (path, _, data) in other.items():
        write_atomically(path.parent / BEFORE / f"{path.stem}-{data[:8]}.json", path.read_bytes())
        write_atomically(path, to_json(new_splits[fold], data_sha256=items.sha256))
    first = next(iter(other))
    return (_message(items, before[other[first][2]], now, new_splits[first], paths[first]),)


def save_ids(splits_folder: Path, experiment: Experiment, items: Items) -> None:
    """Note beside the frozen splits what tells the items from each other, for data that may change.

    Raises:
        OSError: the file cannot be written.

    """
    if experiment.dataset.is_own and not ids_path(splits_folder, items.sha256).is_file():
        write_ids(splits_folder, ids_of(items))


def _rows_now(split: Split, before: ItemIds | None, now: ItemIds) -> dict[str, IntArray]:
    """The rows that the items of each part have now; those that are gone are left out."""
    if before is None or len(before) != split.items:
        return {}
    rows = matched(before, now)
    at = np.full(len(before), -1, dtype=np.int64)
    known = rows >= 0
    at[rows[known]] = np.flatnonzero(known)
    return {name: np.sort(at[part][at[part] >= 0]) for name, part in split.parts.items()}


def _message(items: Items, before: ItemIds | None, now: ItemIds, split: Split, path: Path) -> str:
    what: ItemChanges | str = "which items it was of is not known" if before is None else changes(before, now)
    how = "items that are the same keep their parts" if CARRIED in split.how else "it is the split that is drawn anew"
    return (
        f"{items.name} has changed since it was divided ({what}): {how} in {path.name}; the split before is in "
        f"{path.parent / BEFORE}"
    )
