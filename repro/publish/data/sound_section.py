"""The section of how recordings sound: clipped, silent, with an offset; and who is meant by it."""

from collections.abc import Mapping

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.profile.build_profile import DataProfile
from repro.data.profile.item_names import item_name
from repro.publish.data.measures import length, level, share
from repro.publish.data.section import Line, Section, Table
from repro.results.wording import several

KINDS: Mapping[str, tuple[str, str]] = {
    "clipped": ("clipped", "three or more equal samples in a row at full scale"),
    "silent": ("silent throughout", "even the loudest moment lies below −60 dBFS"),
    "mostly silence": ("mostly silence", "more than half of it, at both ends, lies 40 dB below its loudest moment"),
    "cancelling": (
        "silent as one channel",
        "the mean of its channels (ToMono) lies 20 dB or more below them",
    ),
    "offset": ("off centre", "its mean lies 0.01 of full scale or more away from 0"),
}
"""What can be wrong with a recording: the words for it, and when it is said."""


def flagged(look: DataProfile) -> dict[str, tuple[int, ...]]:
    """Rows of the recordings with which something is wrong, by what it is, the worst ones first."""
    levels = look.levels
    if levels is None:
        return {}
    by: dict[str, tuple[AnyArray, AnyArray]] = {
        "clipped": (levels.is_clipped, -levels.clipped / levels.seconds),
        "silent": (levels.is_silent, levels.loudest),
        "mostly silence": (levels.is_mostly_silence, -levels.silence),
        "offset": (levels.has_offset, -np.abs(levels.offset)),
    }
    if look.twins is not None and look.twins.cancelled:
        rows = np.arange(len(look.items))
        by["cancelling"] = (np.isin(rows, look.twins.cancelled), rows)
    items = {}
    for kind, (which, order) in by.items():
        some = np.flatnonzero(which)
        items[kind] = tuple(some[np.argsort(order[some], kind="stable")].tolist())
    return items


def remark(look: DataProfile, kind: str, row: int) -> str:
    """What is to be said of one recording that is flagged."""
    levels = look.levels
    assert levels is not None
    if kind == "clipped":
        count = int(levels.clipped[row])
        return f"{count:,} samples in clipped crests, peak {level(float(levels.peak[row]))}"
    if kind == "silent":
        return f"loudest moment {level(float(levels.loudest[row]))}"
    if kind == "cancelling":
        return "its channels cancel each other"
    if kind == "offset":
        return f"mean {levels.offset[row]:+.3f} of full scale".replace("-", "−")
    lead, tail = length(float(levels.lead[row])), length(float(levels.tail[row]))
    return f"{share(float(levels.silence[row]))} silence: {lead} before, {tail} after"


def sound_section(look: DataProfile) -> Section:
    """How loud recordings are, and which of them want a second look. Empty for what is no sound."""
    levels = look.levels
    if levels is None:
        return Section("How it sounds")
    rows = [
        ("peak", *(level(value) for value in _ends(levels.peak))),
        ("mean power (RMS)", *(level(value) for value in _ends(levels.rms))),
        ("silence before", *(length(value) for value in _ends(levels.lead))),
        ("silence after", *(length(value) for value in _ends(levels.tail))),
    ]
    table = Table("Levels below full scale, and silence", ("", "lowest", "median", "highest"), tuple(rows))
    lines = []
    for kind, flags in flagged(look).items():
        if flags:
            names = tuple(f"{item_name(look.items, row)}: {remark(look, kind, row)}" for row in flags)
            are = "is" if len(flags) == 1 else "are"
            label, when = KINDS[kind]
            lines.append(Line(f"{several(len(flags), 'recording')} {are} {label}: {when}", "note", names))
        else:
            lines.append(Line(f"no recording is {KINDS[kind][0]}", "ok"))
    if alike := int(levels.alike.sum()):
        lines.append(Line(f"{several(alike, 'recording')} of several channels that all hold the same", ""))
    return Section("How it sounds", tuple(lines), (table,))


def _ends(values: AnyArray) -> tuple[float, float, float]:
    return float(values.min()), float(np.median(values)), float(values.max())
