"""Facts about the built-in data sets, so that a spec is checked without reading any data.

The data room reads the data; a test there holds every fact against what was read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from repro.spec.audio_datasets import AUDIO_DATASETS, DIGITS, esc, speech_commands
from repro.spec.class_facts import Argument
from repro.spec.dataset_kinds import DatasetFacts, LabelFacts
from repro.spec.shape import Shape

__all__ = ["DATASETS", "DATASETS_NOT_YET", "DatasetFacts", "LabelFacts", "facts_with"]

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
            labels={"digit": LabelFacts("digit", "class", DIGITS)},
            arguments={"seed": Argument("seed", "int", 42), "shuffle_seq": Argument("shuffle_seq", "bool", False)},
        ),
        DatasetFacts(
            name="digits",
            summary="1,797 written digits of 8 x 8 pixels (scikit-learn's); no download, no official parts",
            task="classification",
            shape=Shape.of("C H W", 1, 8, 8),
            items=1797,
            labels={"digit": LabelFacts("digit", "class", DIGITS)},
        ),
        DatasetFacts(
            name="mnist",
            summary="70,000 written digits of 28 x 28 pixels (LeCun et al. 1998); 11 MB are downloaded",
            task="classification",
            shape=Shape.of("C H W", 1, 28, 28),
            items=70000,
            parts={"train": 60000, "test": 10000},
            labels={"digit": LabelFacts("digit", "class", DIGITS)},
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
        *AUDIO_DATASETS,
    )
}

_BY_ARGUMENTS: Mapping[str, Callable[[Mapping[str, Any]], DatasetFacts]] = {
    "esc50": esc,
    "speech_commands": speech_commands,
}
"""Data sets whose items, classes or parts depend on the words beside their name."""


def facts_with(name: str, args: Mapping[str, Any]) -> DatasetFacts:
    """Facts of a built-in data set with these words beside its name.

    Raises:
        KeyError: there is no such data set.
        ValueError: it has no such variant; says which there are.

    """
    return _BY_ARGUMENTS[name](args) if name in _BY_ARGUMENTS else DATASETS[name]


DATASETS_NOT_YET: tuple[str, ...] = ("philharmonia12", "ppg-arrhythmia")
"""Data sets that the format names and nobody has built yet."""
