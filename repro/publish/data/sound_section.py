"""The section of how recordings sound: clipped, silent, with an offset; and who is meant by it."""

from collections.abc import Mapping

import numpy as np

from repro.data.look.look import Look
from repro.data.look.names import item_name
from repro.publish.data.measures import duration, level, share
from repro.publish.data.section import Line, Section
from repro.results.wording import several

KINDS: Mapping[str, str] = {
    "clipped": "clipped: three or more equal samples in a row at full scale",
    "silent": "silent throughout, below −60 dBFS",
    "mostly silence": "more than half silence, at beginning and end (40 dB below the recording's loudest moment)",
    "offset": "with an offset: the mean lies more than 0.01 of full scale away from 0",
}
"""What can be wrong with a recording, and the words for it."""


def flagged(look: Look) -> dict[str, tuple[int, ...]]:
    """Rows of the recordings with which something is wrong, by what it is, the worst ones first."""
    levels = look.levels
    if levels is None:
        return {}
    by: dict[str, tuple[np.ndarray, np.ndarray]] = {  # type: ignore[type-arg]
        "clipped": (levels.is_clipped, -levels.clipped / levels.seconds),
        "silent": (levels.is_silent, levels.loudest),
        "mostly silence": (levels.is_mostly_silence, -levels.silence),
        "offset": (levels.has_offset, -np.abs(levels.offset)),
    }
    found = {}
    for kind, (which, order) in by.items():
        rows = np.flatnonzero(which)
        found[kind] = tuple(rows[np.argsort(order[rows], kind="stable")].tolist())
    return found


def remark(look: Look, kind: str, row: int) -> str:
    """What is to be said of one recording that is flagged."""
    levels = look.levels
    assert levels is not None
    if kind == "clipped":
        return f"{several(int(levels.clipped[row]), 'sample')} in clipped crests, peak {level(float(levels.peak[row]))}"
    if kind == "silent":
        return f"loudest moment {level(float(levels.loudest[row]))}"
    if kind == "offset":
        return f"mean {levels.offset[row]:+.3f} of full scale".replace("-", "−")
    lead, tail = duration(float(levels.lead[row])), duration(float(levels.tail[row]))
    return f"{share(float(levels.silence[row]))} silence: {lead} before, {tail} after"


def sound_section(look: Look) -> Section:
    """How loud recordings are, and which of them want a second look. Empty for what is no sound."""
    levels = look.levels
    if levels is None:
        return Section("How it sounds")
    peaks = ", ".join(level(float(np.quantile(levels.peak, q))) for q in (0.0, 0.5, 1.0))
    loud = ", ".join(level(float(np.quantile(levels.rms, q))) for q in (0.0, 0.5, 1.0))
    lines = [
        Line(f"Peak, lowest, median and highest: {peaks}. Mean power (RMS): {loud}."),
        Line(
            f"Silence at the beginning: {duration(float(np.median(levels.lead)))} in the median, at the end "
            f"{duration(float(np.median(levels.tail)))}; {share(_silence(look))} of all there is."
        ),
    ]
    for kind, rows in flagged(look).items():
        if rows:
            names = tuple(f"{item_name(look.items, row)}: {remark(look, kind, row)}" for row in rows)
            lines.append(Line(f"{several(len(rows), 'recording')} {KINDS[kind]}", "note", names))
        else:
            lines.append(Line(f"no recording {KINDS[kind]}", "ok"))
    if alike := int(levels.alike.sum()):
        lines.append(Line(f"{several(alike, 'recording')} of several channels that all hold the same", ""))
    return Section("How it sounds", tuple(lines))


def _silence(look: Look) -> float:
    levels = look.levels
    assert levels is not None
    return float((levels.silence * levels.seconds).sum() / levels.seconds.sum())
