"""The levels of all recordings of a data set: each is decoded once, a block at a time, by all cores."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.in_threads import cores, in_threads
from repro.data.items import Items
from repro.data.near_duplicates.find import is_audio
from repro.data.profile.level import SILENT_DB, Level, LevelMeter

VERSION = 1
"""Raised with every change that may measure other numbers in the same recordings."""

OFFSET = 0.01
"""From here on (full scale is 1, so -40 dB) a recording's mean is called an offset."""

MOSTLY = 0.5
"""A recording is mostly silence when a larger share of it is, at its beginning and end."""

BEYOND = 1.5
"""Arrays with larger values are in a unit of their own, so nobody knows what would be full scale."""


@dataclass(frozen=True, eq=False)
class Levels:
    """Each field of :class:`~repro.data.profile.level.Level` for N recordings, and their ``seconds``, (N,)."""

    peak: AnyArray
    rms: AnyArray
    offset: AnyArray
    clipped: AnyArray
    loudest: AnyArray
    lead: AnyArray
    tail: AnyArray
    alike: AnyArray
    seconds: AnyArray

    @property
    def is_clipped(self) -> AnyArray:
        """Which have a clipped crest, bool (N,)."""
        return np.asarray(self.clipped > 0)

    @property
    def is_silent(self) -> AnyArray:
        """Which are silent throughout, digital silence and a mere offset among them, bool (N,)."""
        return np.asarray(self.loudest < 10 ** (SILENT_DB / 20))

    @property
    def has_offset(self) -> AnyArray:
        """Which have a mean away from 0, bool (N,)."""
        return np.asarray(np.abs(self.offset) >= OFFSET)

    @property
    def silence(self) -> AnyArray:
        """Share of each that is silence at its beginning and end, 0 .. 1, (N,); 1 where all of it is silent."""
        return np.where(self.is_silent, 1.0, np.minimum(1.0, (self.lead + self.tail) / self.seconds))

    @property
    def is_mostly_silence(self) -> AnyArray:
        """Which are silence for more than half of their length, and not throughout, bool (N,)."""
        return np.asarray((self.silence > MOSTLY) & ~self.is_silent)


def have_levels(items: Items) -> bool:
    """Whether items are sound with a known full scale: recordings, or arrays ``C x T`` of sound about -1 .. 1."""
    if not is_audio(items):
        return False
    return items.clips is not None or (items.array.dtype != np.uint8 and bool(np.abs(items.array).max() <= BEYOND))


def measure_levels(items: Items, on_one: Callable[[int], None] = lambda done: None) -> Levels:
    """The levels of items for which :func:`have_levels` holds.

    Args:
        items: the data set.
        on_one: is told after each item how many were measured.

    Raises:
        DataError: a file cannot be decoded.

    """
    clips = items.clips
    rate = round(items.rate or 1)

    def measure(row: int) -> Level:
        if clips is not None:
            measuring = LevelMeter(int(clips.channels[row]), clips.rate(row))
            clips.read_in_blocks(row, measuring.take)
        else:
            measuring = LevelMeter(items.shape.sizes[0], rate)
            measuring.take(np.asarray(items.array[row], dtype=np.float32))
        return measuring.level()

    levels = []
    for level in in_threads(measure, range(len(items)), cores()):
        levels.append(level)
        on_one(len(levels))
    return levels_of(levels, seconds_of(items))


def levels_of(levels: list[Level], seconds: AnyArray) -> Levels:
    """Many levels as arrays."""
    return Levels(
        **{field.name: np.array([getattr(level, field.name) for level in levels]) for field in fields(Level)},
        seconds=seconds,
    )


def seconds_of(items: Items) -> AnyArray:
    """Length of each item in seconds, (N,); for items with a time axis and a rate."""
    if items.clips is not None:
        return np.asarray(items.clips.frames / items.clips.rates, dtype=np.float64)
    return np.full(len(items), items.shape.size("T") / (items.rate or 1))
