"""All twins of a data set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from repro.data.in_threads import one_thread
from repro.data.items import Items
from repro.data.near_duplicates.alignment import LEAST_SECONDS, Alignment, align
from repro.data.near_duplicates.landmarks import NEAR
from repro.data.near_duplicates.nearest_neighbours import nearest_neighbours
from repro.data.near_duplicates.prefilter import prefilter
from repro.data.near_duplicates.preprocess import LONGEST_SECONDS, RATE, channels_cancelled, preprocess
from repro.data.near_duplicates.sound_store import SoundStore

VERSION = 3
"""Raised with every change that may find other twins in the same data."""

MARKS = 200_000
"""About how many marks there are at most: work grows with their square, so in a large set they lie farther apart."""

_MARKS_A_SECOND = 150  # times the frames on either side among which they stand out

LEAST_RATE = 2000
"""Hz. What is sampled more slowly is not heard, and a pulse or a tide is like the next one."""


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two items with the same sound, ``one`` below ``other``, and how they lie over each other."""

    one: int
    other: int
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """All ``pairs`` of a data set, by rows; of how many they were picked (``compared``).

    Not looked at: rows that are all ``silent`` and those too ``short`` (sound of less than
    :data:`~repro.data.near_duplicates.alignment.LEAST_SECONDS`). Of ``long`` rows only the first
    :data:`~repro.data.near_duplicates.preprocess.LONGEST_SECONDS` seconds were. The channels of ``cancelled`` rows
    cancel each other (:func:`~repro.data.near_duplicates.preprocess.channels_cancelled`).
    """

    pairs: tuple[DuplicatePair, ...]
    compared: int = 0
    silent: tuple[int, ...] = ()
    short: tuple[int, ...] = ()
    long: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()


def is_audio(items: Items) -> bool:
    """Whether items are recordings, or arrays ``C x T`` whose rate is that of sound."""
    if items.clips is not None:
        return bool((items.clips.rates >= LEAST_RATE).all())
    return items.shape.axes == ("C", "T") and items.rate is not None and items.rate >= LEAST_RATE


def find_near_duplicates(
    items: Items, folder: Path, on_one: Callable[[int], None] = lambda done: None
) -> NearDuplicates:
    """Every two items that hold the same sound.

    Args:
        items: for which :func:`is_audio` holds.
        folder: for a temporary file of two bytes for each eight-thousandth of a second of sound.
        on_one: is told after each item how many were read.

    Raises:
        DataError: a file cannot be decoded.
        OSError: there is no room for the temporary file.

    """
    clips = items.clips
    seconds = clips.seconds() if clips is not None else np.full(len(items), items.shape.sizes[1] / (items.rate or 1))
    near = max(NEAR, int(float(seconds.sum()) * _MARKS_A_SECOND / MARKS))
    with one_thread(), SoundStore(folder) as sounds:
        quiet: list[int] = []
        sounds.take(_sounds(items, on_one, quiet), near)
        first, second = nearest_neighbours(sounds.pictures, sounds.owners)
        agree = prefilter(sounds, first, second)
        first_rows, second_rows = sounds.owners[first[agree]].tolist(), sounds.owners[second[agree]].tolist()
        likely = set(zip(first_rows, second_rows, strict=True))
        aligned = [DuplicatePair(i, j, align(sounds[i], sounds[j])) for i, j in sorted(likely)]
    lengths = sounds.lengths()
    return NearDuplicates(
        pairs=tuple(twin for twin in aligned if twin.alignment.same),
        compared=len(aligned),
        silent=tuple(int(row) for row in (lengths == 0).nonzero()[0]),
        short=tuple(int(row) for row in ((lengths > 0) & (lengths < LEAST_SECONDS * RATE)).nonzero()[0]),
        long=tuple(row for row, length in enumerate(seconds) if length > LONGEST_SECONDS),
        cancelled=tuple(quiet),
    )


def _sounds(items: Items, on_one: Callable[[int], None], quiet: list[int]) -> Iterator[Tensor]:
    """The sound of each item; rows whose channels cancel each other are put into ``quiet``."""
    for row in range(len(items)):
        samples = items.array[row] if items.clips is None else items.clips.read(row)
        if channels_cancelled(samples):
            quiet.append(row)
        yield preprocess(samples, round(items.rate or RATE) if items.clips is None else items.clips.rate(row))
        on_one(row + 1)
