"""What a data set holds, as counts: lengths, rates, channels and forms of recordings, the numbers of anything else."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from repro.data.array_chunks import iter_chunks
from repro.data.items import Items
from repro.data.profile.item_names import form_of
from repro.data.profile.levels import seconds_of

T = TypeVar("T")


@dataclass(frozen=True)
class Lengths:
    """Lengths of items in seconds: their sum, and the ``rows`` of the shortest, the middle and the longest one."""

    total: float
    shortest: float
    median: float
    longest: float
    shortest_row: int
    longest_row: int


@dataclass(frozen=True)
class Contents:
    """Counts of items, the most frequent first.

    ``rates`` in Hz, ``channels`` and ``forms`` (``wav``, ``flac``) are those of recordings and empty for others;
    ``files`` is how many different files there are, 0 where there are none. ``lengths`` is None where items have no
    length in time.
    """

    items: int
    shape: str
    rates: Mapping[float, int]
    channels: Mapping[int, int]
    forms: Mapping[str, int]
    files: int
    lengths: Lengths | None


@dataclass(frozen=True)
class Numbers:
    """The values of items that are no recordings: over all of them, and the rows of items that hold one value only."""

    low: float
    high: float
    mean: float
    std: float
    constant: tuple[int, ...]


def contents_of(items: Items) -> Contents:
    """Count what there is; nothing is decoded."""
    clips = items.clips
    if clips is None:
        rates = {} if items.rate is None else {items.rate: len(items)}
        timed = items.rate is not None and "T" in items.shape.axes
        return Contents(len(items), str(items.shape), rates, {}, {}, 0, _lengths(items) if timed else None)
    return Contents(
        items=len(items),
        shape=str(items.shape),
        rates=_counted(clips.rates.tolist()),
        channels=_counted(clips.channels.tolist()),
        forms=_counted(map(form_of, clips.names)),
        files=len(set(clips.names)),
        lengths=_lengths(items),
    )


def rates_of(items: Items) -> tuple[float | None, ...]:
    """The different rates of items, Hz; None where they have none."""
    return (items.rate,) if items.clips is None else tuple(float(rate) for rate in np.unique(items.clips.rates))


def numbers_of(items: Items) -> Numbers:
    """Range, mean, deviation (ddof 0) and constant items of values that are an array; a stretch of it at a time."""
    low, high, total, square, constant, offset = np.inf, -np.inf, 0.0, 0.0, [], 0
    for some in iter_chunks(items.array):
        flat = some.reshape(len(some), -1)
        lows, highs = flat.min(1), flat.max(1)
        low, high = min(low, float(lows.min())), max(high, float(highs.max()))
        total += float(flat.sum(dtype=np.float64))
        square += float(np.square(flat, dtype=np.float64).sum())
        constant += (np.flatnonzero(lows == highs) + offset).tolist() if flat.shape[1] > 1 else []
        offset += len(some)
    mean = total / items.array.size
    std = float(np.sqrt(max(0.0, square / items.array.size - mean**2)))
    return Numbers(low, high, mean, std, tuple(constant))


def _counted(values: Iterable[T]) -> dict[T, int]:
    return dict(Counter(values).most_common())


def _lengths(items: Items) -> Lengths:
    seconds = seconds_of(items)
    return Lengths(
        total=float(seconds.sum()),
        shortest=float(seconds.min()),
        median=float(np.median(seconds)),
        longest=float(seconds.max()),
        shortest_row=int(seconds.argmin()),
        longest_row=int(seconds.argmax()),
    )
