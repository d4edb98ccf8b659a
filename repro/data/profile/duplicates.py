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
        return tuple(Duplicate(one, other, equal=True) for one, other in equal_pairs(items))
    found = {(twin.one, twin.other): _of_twin(items, twin, levels) for twin in twins.pairs}
    silent = set(twins.silent)
    for one, other in equal_pairs(items):
        if not {one, other} <= silent:
            found.setdefault((one, other), Duplicate(one, other, equal=True))
    return tuple(found[pair] for pair in sorted(found))


def equal_pairs(items: Items) -> list[tuple[int, int]]:
    """Items with exactly the same content: each but the first of its kind, paired with that first one."""
    first: dict[bytes, int] = {}
    pairs = []
    for row in range(len(items)):
        one = first.setdefault(items.content(row), row)
        if one != row:
            pairs.append((one, row))
    return sorted(pairs)


def _of_twin(items: Items, twin: DuplicatePair, levels: Levels | None) -> Duplicate:
    one, other = twin.one, twin.other
    if items.content(one) == items.content(other):
        return Duplicate(one, other, equal=True)
    gain, shift = 0.0, None
    if levels is not None:
        loud = float(levels.loudest[one]), float(levels.loudest[other])
        gain = 20 * math.log10(loud[1] / loud[0]) if min(loud) > 0 else 0.0
        shift = float(levels.lead[other] - levels.lead[one]) - twin.alignment.lag
    return Duplicate(
        one,
        other,
        equal=False,
        correlation=twin.alignment.correlation,
        gain_db=gain if abs(gain) >= AUDIBLE_DB else 0.0,
        shift=shift if shift is None or abs(shift) >= AUDIBLE_SECONDS else 0.0,
        differs=_differs(items, one, other),
    )


def _differs(items: Items, one: int, other: int) -> tuple[str, ...]:
    clips = items.clips
    if clips is None:
        return ()
    forms = form_of(clips.names[one]), form_of(clips.names[other])
    rates = clips.rate(one), clips.rate(other)
    channels = int(clips.channels[one]), int(clips.channels[other])
    said = [f"{forms[0]} and {forms[1]}"] if forms[0] != forms[1] else []
    said += [f"{rates[0]:,} and {rates[1]:,} Hz"] if rates[0] != rates[1] else []
    said += [f"{channels[0]} and {channels[1]} channels"] if channels[0] != channels[1] else []
    seconds = [float(clips.frames[row] / clips.rates[row]) for row in (one, other)]
    if abs(seconds[0] - seconds[1]) >= AUDIBLE_SECONDS:
        said.append(f"{seconds[0]:.2f} and {seconds[1]:.2f} s long")
    return tuple(said)
