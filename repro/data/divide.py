"""From an experiment's words and a data set's items to a split, and to the columns that tie items together."""

from collections.abc import Mapping
from pathlib import Path

from repro.data import splits
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.splits import Split
from repro.spec.experiment import Experiment, Label, Splits
from repro.spec.folds import groups_of
from repro.spec.read_dataset import facts_of


def divide(items: Items, experiment: Experiment, *, seed: int, fold: int | None = None) -> Split:
    """The split of one run.

    Args:
        items: of the experiment's data set.
        experiment: resolved by the spec room.
        seed: the run's seed; it changes the split only where the splits say ``seed: run``.
        fold: number of the run's fold, from 1; None where the splits have no folds.

    Raises:
        DataError: a column that is not there, or items that cannot be divided so.

    """
    need_columns(items, experiment.labels)
    stratify = _stratify(experiment, next(iter(class_columns(experiment).values()), None))
    return splits.draw(items, experiment.splits, seed=seed, fold=fold, stratify=stratify)


def class_columns(experiment: Experiment) -> dict[str, str]:
    """Each label that is a class, with its column."""
    return {name: label.column for name, label in experiment.labels.items() if label.kind == "class"}


def tied_by(items: Items, experiment: Experiment, folder: Path) -> dict[str, bool]:
    """Columns that tie items together, each with whether it is a failure when two parts share one of its values."""
    return dict.fromkeys(items.groups, False) | dict(groups_of(experiment.splits, facts_of(experiment.dataset, folder)))


def need_columns(items: Items, labels: Mapping[str, Label]) -> None:
    """DataError unless the items have the column of every label."""
    for name, label in labels.items():
        if label.kind != "input" and label.column not in items.columns:
            known = ", ".join(items.columns) or "none"
            raise DataError(f"labels.{name}: {items.name} has no column {label.column!r}; it has {known}")


def need_groups(items: Items, said: Splits) -> None:
    """Own data that only say what ties their items together when they are read need a word on it too."""
    by = None if said.folds is None else said.folds.by
    if items.groups and not (said.group or said.group_none or by in ("official", "lists")):
        place = f"{said.place}: " if said.place.line else ""
        raise DataError(
            f"{place}splits.group: items of {items.name} are tied together by {' and '.join(items.groups)}; write "
            f'group: {items.groups[0]}, or group: none and why: "..."'
        )


def _stratify(experiment: Experiment, default: str | None) -> str | None:
    """The column of the label that the spec names, else of the first label that is a class."""
    named = experiment.splits.stratify
    return experiment.labels[named].column if named in experiment.labels else default
