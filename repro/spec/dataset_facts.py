"""Facts about the built-in data sets, so that a spec is checked without reading any data.

The data room reads the data; a test there holds every fact against what was read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from repro.spec.class_facts import Argument
from repro.spec.shape import Shape


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """A label that the data set has: its ``column``, its kind, its classes in order or its unit."""

    column: str
    kind: Literal["class", "number", "many", "array", "input"]
    classes: tuple[str, ...] | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A data set. ``parts`` are items in each official part, empty when it has none; ``items`` are all of them.

    ``rate`` in Hz (None where nothing is sampled in time at a known rate), ``groups`` the columns that tie items
    together (speaker, session), ``folds`` the number of official folds (0: none), ``arguments`` what may stand
    beside ``name`` and ``why``.
    """

    name: str
    summary: str
    task: Literal["classification", "regression"]
    shape: Shape
    items: int
    labels: Mapping[str, LabelFacts]
    parts: Mapping[str, int] = field(default_factory=dict)
    rate: float | None = None
    groups: tuple[str, ...] = ()
    folds: int = 0
    arguments: Mapping[str, Argument] = field(default_factory=dict)


_DIGITS = tuple(str(digit) for digit in range(10))

DATASETS: Mapping[str, DatasetFacts] = {
    facts.name: facts
    for facts in (
        DatasetFacts(
            name="mnist1d",
            summary="5,000 made signals of 40 samples in ten classes (Greydanus & Kobak 2024); no download",
            task="classification",
            shape=Shape.of("C T", 1, 40),
            items=5000,
            parts={"train": 4000, "test": 1000},
            labels={"digit": LabelFacts("digit", "class", _DIGITS)},
            arguments={"seed": Argument("seed", "int", 42), "shuffle_seq": Argument("shuffle_seq", "bool", False)},
        ),
        DatasetFacts(
            name="digits",
            summary="1,797 written digits of 8 x 8 pixels (scikit-learn's); no download, no official parts",
            task="classification",
            shape=Shape.of("C H W", 1, 8, 8),
            items=1797,
            labels={"digit": LabelFacts("digit", "class", _DIGITS)},
        ),
        DatasetFacts(
            name="mnist",
            summary="70,000 written digits of 28 x 28 pixels (LeCun et al. 1998); 11 MB are downloaded",
            task="classification",
            shape=Shape.of("C H W", 1, 28, 28),
            items=70000,
            parts={"train": 60000, "test": 10000},
            labels={"digit": LabelFacts("digit", "class", _DIGITS)},
        ),
        DatasetFacts(
            name="diabetes",
            summary="442 patients, ten measurements each, and how far diabetes went in a year (scikit-learn's); "
            "no download, no official parts",
            task="regression",
            shape=Shape.of("F", 10),
            items=442,
            labels={"progression": LabelFacts("progression", "number")},
        ),
    )
}

DATASETS_NOT_YET: tuple[str, ...] = ("fsdd", "audiomnist", "esc10", "esc50", "philharmonia12", "ppg-arrhythmia")
"""Data sets that the format names and nobody has built yet."""
