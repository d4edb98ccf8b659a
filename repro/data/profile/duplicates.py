"""Items that hold the same: twins of recordings with what differs between them, equal values of anything else."""

import math
from dataclasses import dataclass

from repro.data.items import Items
from repro.data.near_duplicates.find import DuplicatePair, NearDuplicates
from repro.data.profile.item_names import form_of
from repro.data.profile.levels import Levels

AUDIBLE_DB = 0.5
"""Gains below are not told."""

AUDIBLE_SECONDS = 0.02
"""Shifts below are not told."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two items, ``one`` below ``other``, that hold the same.

    ``equal``: exactly so, byte for byte. Else the ``correlation`` of the two waveforms laid over each other, 0 .. 1,
    ``gain_db`` by which the other is louder, ``shift`` in seconds by which the same sound comes later in it (None where
    nobody measured), and in words ``differs``: form, rate, channels, length.
    """

    one: int
    other: int
    equal: bool
    correlation: float = 1.0
    gain_db: float = 0.0
    shift: float | None = None
    differs: tuple[str, ...] = ()


def duplicates_of(items: Items, twins: NearDuplicates | None, levels: Levels | None) -> tuple[Duplicate, ...]:
    """All pairs, by rows.

    Args:
        items: the data set.
        twins: of recordings; None for items that are none, which are compared by their values.
        levels: for gain and shift, where they were measured.

    """
    if twins is None:
        return tuple(Duplicate(first, second, equal=True) for first, second in equal_pairs(items))
    duplicates = {(twin.one, twin.other): _of_twin(items, twin, levels) for twin in twins.pairs}
    silent = set(twins.silent)
    for first, second in equal_pairs(items):
        if not {first, second} <= silent:
            duplicates.setdefault((first, second), Duplicate(first, second, equal=True))
    return tuple(duplicates[pair] for pair in sorted(duplicates))


def equal_pairs(items: Items) -> list[tuple[int, int]]:
    """Items with exactly the same content: each but the first of its kind, paired with that first one."""
    first: dict[bytes, int] = {}
    pairs = []
    for row in range(len(items)):
        first_row = first.setdefault(items.content(row), row)
        if first_row != row:
            pairs.append((first_row, row))
    return sorted(pairs)


def _of_twin(items: Items, twin: DuplicatePair, levels: Levels | None) -> Duplicate:
    first, second = twin.one, twin.other
    if items.content(first) == items.content(second):
        return Duplicate(first, second, equal=True)
    gain, shift = 0.0, None
    if levels is not None:
        loud = float(levels.loudest[first]), float(levels.loudest[second])
        gain = 20 * math.log10(loud[1] / loud[0]) if min(loud) > 0 else 0.0
        shift = float(levels.lead[second] - levels.lead[first]) - twin.alignment.lag
    return Duplicate(
        first,
        second,
        equal=False,
        correlation=twin.alignment.correlation,
        gain_db=gain if abs(gain) >= AUDIBLE_DB else 0.0,
        shift=shift if shift is None or abs(shift) >= AUDIBLE_SECONDS else 0.0,
        differs=_differs(items, first, second),
    )


def _differs(items: Items, first: int, second: int) -> tuple[str, ...]:
    clips = items.clips
    if clips is None:
        return ()
    forms = form_of(clips.names[first]), form_of(clips.names[second])
    rates = clips.rate(first), clips.rate(second)
    channels = int(clips.channels[first]), int(clips.channels[second])
    differences = [f"{forms[0]} and {forms[1]}"] if forms[0] != forms[1] else []
    differences += [f"{rates[0]:,} and {rates[1]:,} Hz"] if rates[0] != rates[1] else []
    differences += [f"{channels[0]} and {channels[1]} channels"] if channels[0] != channels[1] else []
    seconds = [float(clips.frames[row] / clips.rates[row]) for row in (first, second)]
    if abs(seconds[0] - seconds[1]) >= AUDIBLE_SECONDS:
        differences.append(f"{seconds[0]:.2f} and {seconds[1]:.2f} s long")
    return tuple(differences)
