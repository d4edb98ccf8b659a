"""Items whose test inputs or labels are replaced by noise: what training must not notice."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.audio.clips import Clips
from repro.data.items import Items
from repro.data.seeds import derive
from repro.spec.experiment import Label


def randomize(
    items: Items,
    inputs: IntArray,
    targets: IntArray,
    labels: Mapping[str, Label],
    classes: Mapping[str, tuple[str, ...]],
) -> Items:
    """A copy with noise for the values of the rows ``inputs`` and other labels for the rows ``targets``.

    Noise is drawn evenly from the range of the values that it replaces, in their type. A class becomes another class
    of the same label, so that what predicts the true ones well predicts these badly; a number is mirrored in the
    middle of the replaced rows' range, for the same reason; 0 and 1 of a set of classes are exchanged. A label that
    is an input follows the values. Everything is memory of its own: only for items that are few.

    Args:
        items: as they are.
        inputs: rows whose values are replaced.
        targets: rows whose labels are replaced.
        labels: of the experiment, by name.
        classes: of each label that has them, in order.

    """
    values = _with_noise(items.values, inputs)
    columns = {name: np.array(cells) for name, cells in items.columns.items()}
    for name, label in labels.items():
        if label.kind != "input" and len(targets):
            seed = derive(0, "noise", "label", name)
            columns[label.column] = _others(columns[label.column], targets, label, classes.get(name, ()), seed)
    return replace(items, values=values, columns=columns, sha256="")


NUDGE = 1e-3
"""Noise of -60 dB beside an item's own level."""


def perturb(items: Items, rows: IntArray) -> Items:
    """A copy with hardly changed values of these rows: noise of -60 dB, or other last bits of whole numbers."""
    values = items.values
    if isinstance(values, Clips):
        changed = {row: _nudged(values.read(row), derive(0, "nudged", row)) for row in rows.tolist()}
        return replace(items, values=values.replaced(changed), sha256="")
    new_values = np.array(values)
    for row in rows.tolist():
        new_values[row] = _nudged(new_values[row], derive(0, "nudged", row))
    return replace(items, values=new_values, sha256="")


def _nudged(values: AnyArray, seed: int) -> AnyArray:
    generator = np.random.default_rng(seed)
    if values.dtype.kind in "iub":
        low, high = (0, 1) if values.dtype.kind == "b" else (np.iinfo(values.dtype).min, np.iinfo(values.dtype).max)
        turned: AnyArray = np.clip(values.astype(np.int64) + generator.integers(-1, 2, values.shape), low, high)
        return turned.astype(values.dtype)
    level = float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
    return (values + NUDGE * level * generator.standard_normal(values.shape)).astype(values.dtype)


def with_predicted_labels(
    items: Items, rows: IntArray, label: Label, predicted: AnyArray, classes: tuple[str, ...]
) -> Items:
    """A copy in which the labels of these rows are what was predicted for them: class scores or indices, or numbers.

    A net may have more outputs than there are classes; those behind the last class stand for the first ones again.
    A label that is neither a class nor a number stays as it is.
    """
    columns = dict(items.columns)
    if label.kind == "class" and classes:
        indices = predicted.reshape(len(predicted), -1).argmax(1) if predicted.ndim > 1 else predicted
        texts = np.asarray(columns[label.column]).astype(str).astype(object)
        texts[rows] = [classes[index % len(classes)] for index in indices.tolist()]
        columns[label.column] = texts.astype(str)
    elif label.kind == "number" and predicted.ndim == 1 and np.isfinite(predicted).all():
        numbers = np.asarray(columns[label.column]).astype(np.float64)
        numbers[rows] = predicted
        columns[label.column] = numbers
    return replace(items, columns=columns, sha256="")


def _with_noise(values: AnyArray | Clips, rows: IntArray) -> AnyArray | Clips:
    """Noise for the values of these rows; a clip keeps its length."""
    if isinstance(values, Clips):
        return values.replaced(
            {row: _noise(values.read(row), derive(0, "noise", "inputs", row)) for row in rows.tolist()}
        )
    new_values = np.array(values)
    if len(rows):
        new_values[rows] = _noise(new_values[rows], derive(0, "noise", "inputs"))
    return new_values


def _noise(values: AnyArray, seed: int) -> AnyArray:
    low, high = float(values.min()), float(values.max())
    if low == high:
        high = low + 1
    generator = np.random.default_rng(seed)
    if values.dtype.kind in "iub":
        integers: AnyArray = generator.integers(int(low), int(high) + 1, values.shape).astype(values.dtype)
        return integers
    drawn: AnyArray = generator.uniform(low, high, values.shape).astype(values.dtype)
    return drawn


def _others(cells: AnyArray, rows: IntArray, label: Label, classes: tuple[str, ...], seed: int) -> AnyArray:
    if label.kind == "class":
        return _other_classes(cells, rows, classes, seed)
    numbers = cells.astype(np.float64)
    if label.kind == "many":
        numbers[rows] = 1 - numbers[rows]
        return numbers
    numbers[rows] = np.nanmin(numbers[rows]) + np.nanmax(numbers[rows]) - numbers[rows]
    return numbers


def _other_classes(cells: AnyArray, rows: IntArray, classes: tuple[str, ...], seed: int) -> AnyArray:
    """Each row's class moved on by a number of places drawn for it, 1 to one less than there are classes."""
    if len(classes) < 2:
        return cells
    place = {name: at for at, name in enumerate(classes)}
    texts = np.asarray(cells).astype(str).astype(object)
    shifts = np.random.default_rng(seed).integers(1, len(classes), len(rows))
    for row, shift in zip(rows.tolist(), shifts.tolist(), strict=True):
        if texts[row] in place:
            texts[row] = classes[(place[texts[row]] + shift) % len(classes)]
    return texts.astype(str)
