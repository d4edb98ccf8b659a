"""One way of dividing the items: how many of each class and group are where, and what the leakage gate says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from repro.data import gate
from repro.data.arrays import AnyArray, IntArray
from repro.data.divide import class_columns, gate_words, need_groups, split_of, tied_by
from repro.data.items import Items
from repro.data.near_duplicates.find import NearDuplicates
from repro.data.splits import Split
from repro.spec.experiment import Experiment
from repro.spec.folds import in_order

BIGGEST = 5
"""How many of the biggest groups are told."""

STATES = ("ok", "found", "failed")
NOT_LOOKED_AT = ("fitted", "unreadable")
"""Checks of the gate that say nothing here: no feature is computed, and what was left out is told elsewhere."""


@dataclass(frozen=True)
class DivisionRequest:
    """A way of dividing that a study asks for.

    ``experiment`` is one of ``names``, all of which divide so; ``seed`` is that of the first run, and ``folds`` are the
    numbers of those that are run, ``(None,)`` without folds.
    """

    experiment: Experiment
    names: tuple[str, ...]
    seed: int
    folds: tuple[int | None, ...]


@dataclass(frozen=True)
class CountTable:
    """Rows by columns of counts: of each class or group (``names``), ``all`` and in each of ``places``.

    ``places`` are the parts; with folds each fold's test part, ``fold 1`` and so on.
    """

    names: tuple[str, ...]
    all: tuple[int, ...]
    places: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class NumberSummary:
    """A label that is a number: count, least, mean, middle and greatest value in all items and in each place."""

    label: str
    places: Mapping[str, tuple[int, float, float, float, float]]


@dataclass(frozen=True)
class GroupSummary:
    """A column that ties items together: how many different values, the biggest, and those in several parts.

    ``must_hold``: whether sharing one makes the gate fail. ``shared`` are values that stand in two parts, by the names
    of the two (``"train, test"``), over all folds. ``without`` items have no value.
    """

    column: str
    must_hold: bool
    counts: CountTable
    without: int
    shared: Mapping[str, tuple[str, ...]]

    @property
    def biggest(self) -> tuple[tuple[str, int], ...]:
        """The biggest groups with their numbers of items."""
        order = sorted(range(len(self.counts.all)), key=lambda at: -self.counts.all[at])[:BIGGEST]
        return tuple((self.counts.names[at], self.counts.all[at]) for at in order)


@dataclass(frozen=True)
class CheckSummary:
    """One check of the gate; with folds the worst state of all, text and mending of the first such fold."""

    name: str
    state: str
    text: str
    folds: tuple[int, ...]
    mend: str = ""


@dataclass(frozen=True, eq=False)
class Division:
    """What came out of one way of dividing. ``classes`` is keyed by label; ``unused`` counts items in no part."""

    wanted: DivisionRequest
    splits: Mapping[int | None, Split]
    classes: Mapping[str, CountTable]
    numbers: tuple[NumberSummary, ...]
    groups: tuple[GroupSummary, ...]
    checks: tuple[CheckSummary, ...]
    waiver: str | None
    unused: int

    @property
    def has_folds(self) -> bool:
        """Whether each run has a test part of its own."""
        return None not in self.splits

    @property
    def places(self) -> Mapping[str, IntArray]:
        """The parts by name; with folds the test part of each."""
        return _places(self.splits)

    def part_of(self, row: int) -> str:
        """Where an item is: its part, with folds its test fold; "" for nowhere."""
        return next((name for name, rows in self.places.items() if row in rows), "")

    @property
    def failed(self) -> tuple[CheckSummary, ...]:
        """The checks that make a run stop, or its verdict invalid."""
        return tuple(check for check in self.checks if check.state == "failed")


def division_of(items: Items, request: DivisionRequest, folder: Path, twins: NearDuplicates | None = None) -> Division:
    """Draw the split, or that of each fold, count, and ask the leakage gate.

    Args:
        items: the data set.
        request: how to divide it.
        folder: the spec's folder.
        twins: of the items, where they are at hand.

    Raises:
        DataError: the items cannot be divided so.

    """
    experiment = request.experiment
    need_groups(items, experiment)
    splits = {fold: split_of(items, experiment, seed=request.seed, fold=fold, folder=folder) for fold in request.folds}
    columns, tied = class_columns(experiment), tied_by(items, experiment, folder)
    words = gate_words(items, experiment, folder)
    gates = {fold: gate.check(items, split, twins=twins, **words) for fold, split in splits.items()}
    places = _places(splits)
    used = np.unique(np.concatenate([rows for split in splits.values() for rows in split.parts.values()]))
    return Division(
        wanted=request,
        splits=splits,
        classes={label: counted(items.columns[column], places) for label, column in columns.items()},
        numbers=tuple(
            _spread(name, items.columns[label.column], places)
            for name, label in experiment.labels.items()
            if label.kind == "number"
        ),
        groups=tuple(
            _groups(column, items.columns[column], places, must, gates.values())
            for column, must in tied.items()
            if column in items.columns
        ),
        checks=_worst(gates),
        waiver=experiment.splits.waiver,
        unused=len(items) - len(used),
    )


def _places(splits: Mapping[int | None, Split]) -> Mapping[str, IntArray]:
    if None in splits:
        return splits[None].parts
    return {f"fold {fold}": split.parts["test"] for fold, split in splits.items()}


def counted(cells: AnyArray, places: Mapping[str, IntArray]) -> CountTable:
    """How often each value stands in all cells and at each place; values in order, numbers by size."""
    texts = cells.astype(str)
    names, codes = np.unique(texts, return_inverse=True)
    order = {name: at for at, name in enumerate(in_order(names.tolist()))}
    codes = np.array([order[name] for name in names.tolist()])[codes.reshape(-1)]
    return CountTable(
        names=tuple(order),
        all=_counts(codes, len(order)),
        places={place: _counts(codes[rows], len(order)) for place, rows in places.items()},
    )


def _counts(codes: AnyArray, most: int) -> tuple[int, ...]:
    return tuple(np.bincount(codes, minlength=most).tolist())


def _spread(label: str, cells: AnyArray, places: Mapping[str, IntArray]) -> NumberSummary:
    try:
        numbers = cells.astype(np.float64)
    except ValueError:  # the gate of a run names the cell
        numbers = np.full(len(cells), np.nan)
    numbers_by_place = {"all": numbers} | {place: numbers[rows] for place, rows in places.items()}
    return NumberSummary(
        label,
        {
            place: (len(some), float(some.min()), float(some.mean()), float(np.median(some)), float(some.max()))
            for place, some in numbers_by_place.items()
        },
    )


def _groups(
    column: str, cells: AnyArray, places: Mapping[str, IntArray], must_hold: bool, gates: Iterable[Mapping[str, Any]]
) -> GroupSummary:
    shared: dict[str, dict[str, None]] = {}
    for gate_result in gates:
        for parts, values in gate_result["checks"]["shared-groups"].get("shared", {}).get(column, {}).items():
            shared.setdefault(parts, {}).update(dict.fromkeys(values))
    texts = cells.astype(str)
    full = np.flatnonzero(texts != "")
    at = np.full(len(texts), -1, dtype=np.int64)
    at[full] = np.arange(len(full))
    inside = {place: at[rows][at[rows] >= 0] for place, rows in places.items()}
    return GroupSummary(
        column=column,
        must_hold=must_hold,
        counts=counted(texts[full], inside),
        without=len(texts) - len(full),
        shared={parts: tuple(values) for parts, values in shared.items()},
    )


def _worst(gates: Mapping[int | None, Mapping[str, Any]]) -> tuple[CheckSummary, ...]:
    """Each check once: its worst state, in which folds, and the text of the first of them."""
    worst: dict[str, CheckSummary] = {}
    for fold, gate_result in gates.items():
        for name, check in gate_result["checks"].items():
            if name in NOT_LOOKED_AT:
                continue
            state, known = str(check["state"]), worst.get(name)
            if known is None or STATES.index(state) > STATES.index(known.state):
                where = () if fold is None else (fold,)
                worst[name] = CheckSummary(name, state, str(check["text"]), where, str(check.get("mend", "")))
            elif state == known.state and fold is not None:
                worst[name] = replace(known, folds=(*known.folds, fold))
    return tuple(worst.values())
