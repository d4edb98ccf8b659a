"""A run's worst mistakes, to be looked at and listened to, and whom it took for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.prepare import read
from repro.data.profile.item_names import item_name
from repro.publish.data.pictures import beginning
from repro.publish.tracking.item_png import item_png, spectrogram_png
from repro.results.class_names import OUTSIDE, class_names
from repro.runs.identity import own_files
from repro.spec.experiment import Experiment
from repro.spec.problem import SpecError

MOST = 12
"""Mistakes of each run that are shown."""

SECONDS = 10.0
"""Of a longer recording only the beginning is to be heard."""

Arrays = Mapping[str, "np.ndarray[Any, Any]"]


@dataclass(frozen=True)
class Sound:
    """Samples ``(T,)`` between -1 and 1, and their rate in Hz."""

    samples: "np.ndarray[Any, Any]"
    rate: int


@dataclass(frozen=True)
class Mistake:
    """A test item and what the net said: ``right`` and ``said`` are classes or numbers, ``loss`` how wrong it was.

    ``sure`` is the probability that it gave to what it said, where it gives probabilities. ``picture`` is a PNG.
    """

    item: str
    right: str | float
    said: str | float
    loss: float
    sure: float | None = None
    picture: bytes | None = None
    sound: Sound | None = None


@dataclass(frozen=True)
class Confusion:
    """Of which class each test item is, and which was said, as indices into ``classes``."""

    classes: tuple[str, ...]
    right: tuple[int, ...]
    said: tuple[int, ...]


class ExampleStore:
    """Shows items of the study's data sets; each set is read once. ``note`` says why there are no pictures."""

    def __init__(self, folder: Path, *, may_run_own_code: bool) -> None:
        self._folder = folder
        self._may = may_run_own_code
        self._items: dict[str, Items | None] = {}
        self.note = ""

    def items(self, experiment: Experiment) -> Items | None:
        """The items of an experiment's data set; None where they cannot be had."""
        key = experiment.dataset.model_dump_json()
        if key not in self._items:
            self._items[key] = self._read(experiment)
        return self._items[key]

    def show(self, items: Items | None, row: int) -> tuple[str, bytes | None, Sound | None]:
        """An item's name, its picture, and its sound where it has one."""
        if items is None or row >= len(items):
            return f"item {row}", None, None
        name = item_name(items, row)
        try:
            if items.clips is None and not _is_sound(items):
                return name, item_png(items, row), None
            samples, rate = beginning(items, row, SECONDS)
            sound = Sound(np.clip(samples.mean(0), -1.0, 1.0), rate)
            return name, spectrogram_png(samples, rate), sound
        except (DataError, SpecError) as error:
            self.note = str(error).splitlines()[0]
            return name, None, None

    def _read(self, experiment: Experiment) -> Items | None:
        if own_files(experiment) and not self._may:
            self.note = "the study has code of its own, which only repro run executes"
            return None
        try:
            return read(experiment.dataset, self._folder)
        except Exception as error:  # noqa: BLE001 - data that are gone, or own code that fails, cost only the pictures
            self.note = " ".join(str(error).split())[:200]
            return None


def worst(experiment: Experiment, arrays: Arrays, museum: ExampleStore) -> tuple[Mistake, ...]:
    """The test items with the largest loss among those that were got wrong (of numbers: the farthest off).

    Args:
        experiment: what made the predictions.
        arrays: the kept ``items``, ``target`` and ``predicted`` of the test view.
        museum: where items are looked at.

    """
    target, predicted = np.asarray(arrays["target"]), np.asarray(arrays["predicted"])
    if target.ndim != 1 or not len(target):
        return ()
    names = class_names(experiment)
    is_class = target.dtype.kind in "iu"
    sure: np.ndarray[Any, Any] | None = None
    if is_class:
        answers = predicted.argmax(1) if predicted.ndim == 2 else predicted.astype(int)
        loss, sure = _class_loss(target, predicted, answers, arrays)
        wrong = np.flatnonzero(answers != target)
    else:
        answers = predicted.reshape(len(target), -1)[:, 0]
        loss = np.abs(answers - target)
        wrong = np.arange(len(target))
    order = wrong[np.argsort(-loss[wrong], kind="stable")][:MOST]
    items = museum.items(experiment) if len(order) else None
    mistakes = []
    for at in order:
        name, picture, sound = museum.show(items, int(arrays["items"][at]))
        mistakes.append(
            Mistake(
                item=name,
                right=_name(names, int(target[at])) if is_class else float(target[at]),
                said=_name(names, int(answers[at])) if is_class else float(answers[at]),
                loss=float(loss[at]),
                sure=None if sure is None else float(sure[at]),
                picture=picture,
                sound=sound,
            )
        )
    return tuple(mistakes)


def confusion(experiment: Experiment, arrays: Arrays) -> Confusion | None:
    """Whom a run took for whom on its test items; None where it says no classes."""
    target, predicted = np.asarray(arrays["target"]), np.asarray(arrays["predicted"])
    names = class_names(experiment)
    if names is None or target.ndim != 1 or target.dtype.kind not in "iu":
        return None
    answers = predicted.argmax(1) if predicted.ndim == 2 else predicted.astype(int)
    answers = np.minimum(answers, len(names))  # a net may have more outputs than there are classes
    further = (OUTSIDE,) if (answers == len(names)).any() else ()
    return Confusion((*names, *further), tuple(map(int, target)), tuple(map(int, answers)))


def _class_loss(
    target: "np.ndarray[Any, Any]", predicted: "np.ndarray[Any, Any]", answers: "np.ndarray[Any, Any]", arrays: Arrays
) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any] | None"]:
    """Cross-entropy of class scores, and the probability of what was said; else the losses that were kept."""
    if predicted.ndim != 2:
        return np.asarray(arrays.get("item_loss", (answers != target).astype(float)), dtype=float), None
    scores = predicted.astype(np.float64)
    rows = np.arange(len(target))
    if scores.min() >= 0 and np.allclose(scores.sum(1), 1, atol=1e-3):
        chances = scores
    else:
        raised = np.exp(scores - scores.max(1, keepdims=True))
        chances = raised / raised.sum(1, keepdims=True)
    known = target < chances.shape[1]  # a net may have fewer outputs than there are classes
    right = np.where(known, chances[rows, np.where(known, target, 0)], 0.0)
    return -np.log(np.maximum(right, 1e-12)), chances[rows, answers]


def _name(names: tuple[str, ...] | None, number: int) -> str:
    return names[number] if names is not None and 0 <= number < len(names) else str(number)


def _is_sound(items: Items) -> bool:
    return "".join(items.shape.axes) == "CT" and items.rate is not None and items.rate >= 4000
