"""From an experiment's words and a data set's items to a split, and to the columns that tie items together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from repro.data import splits
from repro.data.arrays import AnyArray
from repro.data.data_error import DataError
from repro.data.frozen_splits import carried_split
from repro.data.items import Items
from repro.data.splits import PreviousParts, Split
from repro.spec.column_names import fold_column, group_columns, part_column, time_column
from repro.spec.experiment import Experiment, Label, Splits
from repro.spec.folds import groups_of
from repro.spec.read_dataset import facts_of


def split_of(items: Items, experiment: Experiment, *, seed: int, folder: Path, fold: int | None = None) -> Split:
    """The split of one run: where the data of the study in ``folder`` have changed, the one that was carried over.

    Raises:
        DataError: as :func:`divide`.

    """
    known = carried_split(folder, experiment, seed=seed, fold=fold, data_sha256=items.sha256)
    return known or divide(items, experiment, seed=seed, fold=fold)


def divide(
    items: Items, experiment: Experiment, *, seed: int, fold: int | None = None, former: PreviousParts | None = None
) -> Split:
    """The split of one run.

    Args:
        items: of the experiment's data set.
        experiment: resolved by the spec room.
        seed: the run's seed; it changes the split only where the splits say ``seed: run``.
        fold: number of the run's fold, from 1; None where the splits have no folds.
        former: in which parts items were before the data changed; they stay in them.

    Raises:
        DataError: a column that is not there, or items that cannot be divided so.

    """
    need_columns(items, experiment.labels)
    stratify = _stratify(experiment, next(iter(class_columns(experiment).values()), None))
    return splits.draw(items, experiment.splits, seed=seed, fold=fold, stratify=stratify, former=former)


def class_columns(experiment: Experiment) -> dict[str, str]:
    """Each label that is a class, with its column."""
    return {name: label.column for name, label in experiment.labels.items() if label.kind == "class"}


def tied_by(items: Items, experiment: Experiment, folder: Path) -> dict[str, bool]:
    """Columns that tie items together, each with whether it is a failure when two parts share one of its values."""
    known = dict(groups_of(experiment.splits, facts_of(experiment.dataset, folder)))
    tied = dict.fromkeys(own_groups(items, experiment.labels), False) | known
    spec_columns = (
        experiment.splits.group,
        None if experiment.splits.folds is None else experiment.splits.folds.column,
    )
    labels = {label.column for label in experiment.labels.values()} if is_own(items) else set()
    return {
        column: must
        for column, must in tied.items()
        if column in (*spec_columns, *items.groups) or column not in labels
    }


def gate_words(items: Items, experiment: Experiment, folder: Path) -> dict[str, Any]:
    """What :func:`repro.data.gate.check` is told of the experiment: its columns, and what its spec says of groups."""
    return {
        "columns": class_columns(experiment),
        "groups": tied_by(items, experiment, folder),
        "others": other_columns_of(items, experiment, folder),
        "answered": says_groups(experiment.splits),
    }


def is_own(items: Items) -> bool:
    """Whether items are someone's own: a folder, own code, or a set of another library."""
    return ":" in items.name or "/" in items.name


def own_groups(items: Items, labels: Mapping[str, Label]) -> tuple[str, ...]:
    """Columns of own data that tie items together: those that the data name, and those whose names say it.

    A column of which every value stands there once ties nothing, and a label is what is asked for.
    """
    if not is_own(items):
        return items.groups
    candidates = group_columns(
        column for column in items.columns if column not in {label.column for label in labels.values()}
    )
    return tuple(dict.fromkeys([*items.groups, *(column for column in candidates if repeats(items.columns[column]))]))


def other_columns_of(items: Items, experiment: Experiment, folder: Path) -> tuple[str, ...]:
    """Columns of own data that may tie items together, though neither spec nor name says so.

    Texts and whole numbers of which a value stands there twice, and not all are one. Left out are labels and what goes
    one to one with a label, groups that are looked at anyway, and folds, parts and times, which have checks of their
    own.
    """
    if not is_own(items):
        return ()
    labels = [label.column for label in experiment.labels.values() if label.column in items.columns]
    split = part_column({name: np.unique(cells.astype(str)).tolist() for name, cells in items.columns.items()})
    known = {*labels, *tied_by(items, experiment, folder), fold_column(items.columns), time_column(items.columns)}
    known |= {split[0]} if split is not None else set()
    columns = []
    for name, cells in items.columns.items():
        texts = cells.astype(str)
        if name in known or not repeats(cells) or not _may_name(texts) or len(np.unique(texts[texts != ""])) < 2:
            continue
        if not any(_one_to_one(texts, items.columns[label].astype(str)) for label in labels):
            columns.append(name)
    return tuple(columns)


def says_groups(splits: Splits) -> bool:
    """Whether the spec says what ties its items together: a group or none, or folds that somebody else has made."""
    by = None if splits.folds is None else splits.folds.by
    return bool(splits.group or splits.group_none or by in ("official", "lists"))


def _may_name(texts: AnyArray) -> bool:
    """Whether cells are names: texts or whole numbers, and no measurements with a point."""
    try:
        numbers = texts[texts != ""].astype(np.float64)
    except ValueError:
        return True
    return not any("." in text or "e" in text.lower() for text in texts.tolist()) and bool(np.isfinite(numbers).all())


def _one_to_one(texts: AnyArray, others: AnyArray) -> bool:
    pairs = len(set(zip(texts.tolist(), others.tolist(), strict=True)))
    return pairs == len(np.unique(texts)) == len(np.unique(others))


def repeats(cells: AnyArray) -> bool:
    """Whether a value stands in a column twice; empty cells are none.

    >>> import numpy as np
    >>> repeats(np.array(["ann", "bob", "ann"])), repeats(np.array(["", "", "ann"]))
    (True, False)
    """
    texts = cells.astype(str)
    full = texts[texts != ""]
    return len(np.unique(full)) < len(full)


def need_columns(items: Items, labels: Mapping[str, Label]) -> None:
    """DataError unless the items have the column of every label."""
    for name, label in labels.items():
        if label.kind != "input" and label.column not in items.columns:
            known = ", ".join(items.columns) or "none"
            raise DataError(f"labels.{name}: {items.name} has no column {label.column!r}; it has {known}")


def need_groups(items: Items, experiment: Experiment) -> None:
    """Own data that only say what ties their items together when they are read need a word on it too."""
    spec_splits, groups = experiment.splits, own_groups(items, experiment.labels)
    if groups and not says_groups(spec_splits):
        place = f"{spec_splits.place}: " if spec_splits.place.line else ""
        raise DataError(
            f"{place}splits.group: items of {items.name} are tied together by {' and '.join(groups)}; write "
            f'group: {groups[0]}, or group: none and why: "..."'
        )


def _stratify(experiment: Experiment, default: str | None) -> str | None:
    """The column of the label that the spec names, else of the first label that is a class."""
    named = experiment.splits.stratify
    return experiment.labels[named].column if named in experiment.labels else default
