"""Facts about the built-in data sets of recordings. Sizes, parts and folds as their publishers state them."""

from collections.abc import Mapping
from typing import Any

from repro.spec.class_facts import Argument
from repro.spec.dataset_kinds import DatasetFacts, LabelFacts
from repro.spec.shape import Shape

MONO = Shape.of("C T", 1, 0)
"""One channel, clips of any length."""
ANY = Shape.of("C T", 0, 0)

DIGITS = tuple(str(digit) for digit in range(10))
FSDD_SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
URBAN_SOUNDS = (
    "air_conditioner", "car_horn", "children_playing", "dog_bark", "drilling", "engine_idling", "gun_shot",
    "jackhammer", "siren", "street_music",
)  # fmt: skip
"""Ordered by class number, from 0."""

ESC50 = (
    "dog", "rooster", "pig", "cow", "frog", "cat", "hen", "insects", "sheep", "crow",
    "rain", "sea_waves", "crackling_fire", "crickets", "chirping_birds", "water_drops", "wind", "pouring_water",
    "toilet_flush", "thunderstorm",
    "crying_baby", "sneezing", "clapping", "breathing", "coughing", "footsteps", "laughing", "brushing_teeth",
    "snoring", "drinking_sipping",
    "door_wood_knock", "mouse_click", "keyboard_typing", "door_wood_creaks", "can_opening", "washing_machine",
    "vacuum_cleaner", "clock_alarm", "clock_tick", "glass_breaking",
    "helicopter", "chainsaw", "siren", "car_horn", "engine", "train", "church_bells", "airplane", "fireworks",
    "hand_saw",
)  # fmt: skip
"""Ordered by class number, from 0."""
ESC10 = tuple(ESC50[number] for number in (0, 1, 10, 11, 12, 20, 21, 38, 40, 41))

COMMANDS = ("yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go")
UNKNOWN, SILENCE = "unknown", "silence"
WORDS_V1 = (
    "bed", "bird", "cat", "dog", "down", "eight", "five", "four", "go", "happy", "house", "left", "marvin", "nine",
    "no", "off", "on", "one", "right", "seven", "sheila", "six", "stop", "three", "tree", "two", "up", "wow", "yes",
    "zero",
)  # fmt: skip
WORDS_V2 = tuple(sorted((*WORDS_V1, "backward", "follow", "forward", "learn", "visual")))

_PARTS: Mapping[tuple[int, int], tuple[int, int, int]] = {
    (1, 30): (51088, 6798, 6835),
    (1, 12): (22246, 3093, 3081),
    (2, 35): (84843, 9981, 11005),
    (2, 12): (36923, 4445, 4890),
}
"""Version and number of classes to the items in train, validation and test."""


def esc(args: Mapping[str, Any]) -> DatasetFacts:
    """Facts of ESC-50, or of its ``subset: esc10``. ValueError for another subset."""
    subset = args.get("subset", "esc50")
    if subset not in ("esc50", "esc10"):
        raise ValueError(f"subset is esc50 or esc10, not {subset!r}")
    classes = ESC10 if subset == "esc10" else ESC50
    return DatasetFacts(
        name="esc50",
        summary="2,000 environmental sounds of 50 classes (Piczak 2015), or its subset esc10: 400 of ten; 600 MB or "
        "40 MB are downloaded",
        task="classification",
        shape=MONO,
        rate=44100.0,
        items=40 * len(classes),
        folds=5,
        groups=("source",),
        labels={"category": LabelFacts("category", "class", classes)},
        arguments={"subset": Argument("subset", "'esc50' | 'esc10'", "esc50")},
    )


def speech_commands(args: Mapping[str, Any]) -> DatasetFacts:
    """Facts of Speech Commands. ValueError for a version or number of classes that there is not."""
    version, count = args.get("version", 2), args.get("classes", 35)
    if version not in (1, 2):
        raise ValueError(f"there are version 1 and 2, not {version}")
    if (version, count) not in _PARTS:
        raise ValueError(f"version {version} has {30 if version == 1 else 35} words; write that number or classes: 12")
    parts = dict(zip(("train", "validation", "test"), _PARTS[version, count], strict=True))
    words = (*COMMANDS, UNKNOWN, SILENCE) if count == 12 else WORDS_V1 if version == 1 else WORDS_V2
    return DatasetFacts(
        name="speech_commands",
        summary="single words, 1 s each, by 2,000 speakers (Warden 2018): version 1 or 2, all words or 12 classes; "
        "1.4 or 2.4 GB are downloaded",
        task="classification",
        shape=MONO,
        rate=16000.0,
        items=sum(parts.values()),
        parts=parts,
        groups=("speaker",),
        labels={"word": LabelFacts("word", "class", words)},
        arguments={"version": Argument("version", "int", 2), "classes": Argument("classes", "int", 35)},
    )


AUDIO_DATASETS: tuple[DatasetFacts, ...] = (
    DatasetFacts(
        name="fsdd",
        summary="3,000 spoken digits by six speakers at 8 kHz (Free Spoken Digit Dataset); 16 MB are downloaded",
        task="classification",
        shape=MONO,
        rate=8000.0,
        items=3000,
        parts={"train": 2700, "test": 300},
        groups=("speaker",),
        labels={
            "digit": LabelFacts("digit", "class", DIGITS),
            "speaker": LabelFacts("speaker", "class", FSDD_SPEAKERS),
        },
    ),
    DatasetFacts(
        name="audiomnist",
        summary="30,000 spoken digits by 60 speakers at 48 kHz (Becker et al. 2024); 1 GB is downloaded",
        task="classification",
        shape=MONO,
        rate=48000.0,
        items=30000,
        groups=("speaker",),
        labels={
            "digit": LabelFacts("digit", "class", DIGITS),
            "gender": LabelFacts("gender", "class", ("female", "male")),
            "speaker": LabelFacts("speaker", "class", tuple(str(speaker) for speaker in range(1, 61))),
        },
    ),
    esc({}),
    speech_commands({}),
    DatasetFacts(
        name="urbansound8k",
        summary="8,732 urban sounds of at most 4 s, ten classes, ten folds (Salamon et al. 2014); 6 GB are downloaded",
        task="classification",
        shape=ANY,
        items=8732,
        folds=10,
        groups=("source",),
        labels={"class": LabelFacts("class", "class", URBAN_SOUNDS)},
    ),
    DatasetFacts(
        name="gtzan",
        summary="1,000 excerpts of 30 s of music, ten genres (Tzanetakis & Cook 2002), with known faults and no "
        "artists; 1.2 GB are downloaded",
        task="classification",
        shape=MONO,
        rate=22050.0,
        items=1000,
        labels={"genre": LabelFacts("genre", "class", GENRES)},
    ),
)
