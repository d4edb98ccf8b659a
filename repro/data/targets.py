"""From a label of the spec and a data set's column to target tensors."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import AnyArray, IntArray
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.prepared import Target
from repro.spec.dataset_facts import LabelFacts
from repro.spec.experiment import Label

EMPTY = frozenset({"", "nan", "NaN", "None", "<NA>"})
"""What an empty cell reads as."""


def target_of(label: Label, facts: LabelFacts | None = None) -> Target:
    """What is known of a target before data are read; classes come from the spec, else from the index's facts."""
    classes = label.classes or (facts.classes if facts else None)
    sizes: tuple[int, ...] = {"class": (), "number": (1,), "many": (len(classes or ()),)}.get(label.kind, ())
    return Target(
        name=label.name,
        kind=label.kind,
        classes=classes if label.kind in ("class", "many") else None,
        unit=label.unit or (facts.unit if facts else None),
        standardized=label.standardize and label.kind == "number",
        sizes=sizes,
        positive=label.positive,
    )


def read_target(items: Items, label: Label, target: Target, rows: IntArray, train: IntArray) -> tuple[Target, Tensor]:
    """The targets of ``rows``, and the target with all that the training items say of it.

    A class is an int64 index ``(n,)``; a number float32 ``(n, 1)``, standardized by the training items' mean and
    deviation where the label says so; many float32 ``(n, classes)`` of 0 and 1; an array float32 as stored.

    Raises:
        DataError: no such column, an empty cell, a value that is no class or no number.

    """
    if label.column not in items.columns:
        known = ", ".join(items.columns) or "none"
        raise DataError(f"labels.{label.name}: {items.name} has no column {label.column!r}; it has {known}")
    cells = items.columns[label.column]
    if label.kind == "class":
        return _classes(label, target, cells, rows, train)
    numbers = _numbers(label, cells[np.union1d(rows, train)], cells)
    if label.kind == "number":
        if numbers.ndim != 1:
            raise DataError(f"labels.{label.name}: a number has one value an item; column {label.column!r} has more")
        learnt = numbers[train].astype(np.float64)
        mean, std = float(learnt.mean()), float(learnt.std()) or 1.0
        values = numbers[rows].astype(np.float64)
        if target.standardized:
            values = (values - mean) / std
        return replace(target, mean=mean, std=std), torch.tensor(values.astype(np.float32)).unsqueeze(1)
    if label.kind == "many":
        return _many(label, target, numbers, rows)
    return replace(target, sizes=tuple(numbers.shape[1:])), torch.tensor(numbers[rows].astype(np.float32))


def _classes(label: Label, target: Target, cells: AnyArray, rows: IntArray, train: IntArray) -> tuple[Target, Tensor]:
    if cells.ndim != 1:
        raise DataError(f"labels.{label.name}: a class has one value an item; column {label.column!r} has more")
    texts = cells.astype(str)
    _refuse_empty(label, texts, rows)
    classes = target.classes or _sorted_classes(texts)
    index: Mapping[str, int] = {name: i for i, name in enumerate(classes)}
    names, inverse = np.unique(texts[rows], return_inverse=True)
    unknown = [str(n) for n in names if n not in index]
    if unknown:
        first = rows[np.flatnonzero(texts[rows] == unknown[0])[0]]
        raise DataError(
            f"labels.{label.name}: {', '.join(map(repr, unknown[:5]))} in column {label.column!r} (first at item "
            f"{first}) is none of the classes {', '.join(classes)}"
        )
    codes = np.array([index[str(n)] for n in names], dtype=np.int64)[inverse.reshape(-1)]
    learnt = np.bincount(codes[np.isin(rows, train)], minlength=len(classes))
    return replace(target, classes=classes, counts=tuple(map(int, learnt))), torch.tensor(codes)


def _many(label: Label, target: Target, numbers: AnyArray, rows: IntArray) -> tuple[Target, Tensor]:
    if numbers.ndim != 2 or not np.isin(numbers[rows], (0, 1)).all():
        raise DataError(
            f"labels.{label.name}: many needs one 0 or 1 for each class; column {label.column!r} has others"
        )
    count = numbers.shape[1]
    if target.classes is not None and len(target.classes) != count:
        raise DataError(f"labels.{label.name}: {len(target.classes)} classes, but column {label.column!r} has {count}")
    classes = target.classes or tuple(map(str, range(count)))
    return replace(target, classes=classes, sizes=(count,)), torch.tensor(numbers[rows].astype(np.float32))


def _numbers(label: Label, used: AnyArray, cells: AnyArray) -> AnyArray:
    try:
        numbers = cells.astype(np.float64)
        good = np.isfinite(used.astype(np.float64))
    except (TypeError, ValueError) as error:
        raise DataError(f"labels.{label.name}: column {label.column!r} holds what is no number: {error}") from error
    if not good.all():
        raise DataError(
            f"labels.{label.name}: column {label.column!r} has {int((~good).sum())} empty or infinite cells; "
            "items without a label are not supported yet"
        )
    return numbers


def _refuse_empty(label: Label, texts: AnyArray, rows: IntArray) -> None:
    empty = rows[np.isin(texts[rows], list(EMPTY))]
    if len(empty):
        raise DataError(
            f"labels.{label.name}: column {label.column!r} is empty for {len(empty)} items (first at item {empty[0]}); "
            "items without a label are not supported yet"
        )


def _sorted_classes(texts: AnyArray) -> tuple[str, ...]:
    names = [str(n) for n in np.unique(texts)]
    key: Any = int if all(n.lstrip("-").isdecimal() for n in names) else str
    return tuple(sorted(names, key=key))
