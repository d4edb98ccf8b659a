"""AIFF and its relatives, CAF, AU and NIST SPHERE: the length of their sound."""

import mmap
import re
import struct

from repro.data.audio.container_check import (
    MAX_CHUNKS,
    STRAY_BYTES,
    UNFILLED,
    WHOLE,
    ContainerCheck,
    cut_off,
    is_open_ended,
    too_short,
)

_PLAIN = (b"AIFF", b"NONE", b"twos", b"sowt", b"in24", b"in32", b"fl32", b"FL32", b"fl64", b"FL64")
"""Encodings of AIFF whose samples all take the same bytes."""


def check_iff(content: mmap.mmap) -> ContainerCheck:
    """AIFF, AIFF-C, 8SVX and 16SV, by the length of the sound chunk and by the frames that the head counts."""
    size, at, promised = len(content), 12, 0
    for _ in range(MAX_CHUNKS):
        if at + 8 > size:
            return WHOLE
        name, (length,) = content[at : at + 4], struct.unpack(">I", content[at + 4 : at + 8])
        if name == b"COMM" and at + 26 <= size:
            channels, frames, bits = struct.unpack(">HIH", content[at + 8 : at + 16])
            kind = content[at + 26 : at + 30] if content[8:12] == b"AIFC" else b"AIFF"
            promised = frames * channels * ((bits + 7) // 8) if kind in _PLAIN else 0
        if name == b"SSND" and at + 16 <= size:
            (skipped,) = struct.unpack(">I", content[at + 8 : at + 12])
            return _iff_sound(content, at, length - 8 - skipped, at + 16 + skipped, promised)
        if name == b"BODY":
            return _iff_sound(content, at, length, at + 8, 0)
        at += 8 + length + length % 2
    return WHOLE


def _iff_sound(content: mmap.mmap, at: int, length: int, first: int, promised: int) -> ContainerCheck:
    available = max(0, len(content) - first)
    if (length <= 0 and available) or is_open_ended(length + first - at - 8):
        if promised > available:
            return cut_off(promised - available)
        return ContainerCheck(note=UNFILLED, patch=((at + 4, struct.pack(">I", len(content) - at - 8)),))
    if max(length, promised) > available:
        return cut_off(max(length, promised) - available)
    return too_short(length, promised - length) if promised > length else WHOLE


def check_caf(content: mmap.mmap) -> ContainerCheck:
    """By the data chunk; a length of -1 is allowed there and means all that follows."""
    size, at = len(content), 8
    for _ in range(MAX_CHUNKS):
        if at + 12 > size:
            return ContainerCheck(fault="is cut off: its sound is missing")
        name, (length,) = content[at : at + 4], struct.unpack(">q", content[at + 4 : at + 12])
        available = size - at - 12
        if name == b"data":
            if length < 4 or is_open_ended(length, 63):
                return ContainerCheck(note=UNFILLED, patch=((at + 4, struct.pack(">q", available)),))
            return cut_off(length - available) if length > available else WHOLE
        if length < 0:
            return WHOLE
        at += 12 + length
    return WHOLE


def check_au(content: mmap.mmap) -> ContainerCheck:
    """By the length in its head; 0xFFFFFFFF is allowed there and means all that follows."""
    if len(content) < 24:
        return WHOLE
    order = ">" if content[:1] == b"." else "<"
    first, length = struct.unpack(f"{order}II", content[4:12])
    available = len(content) - first
    if length == 0xFFFFFFFF or available < 0:
        return WHOLE
    if (not length and available) or (length > available and is_open_ended(length)):
        return ContainerCheck(note=UNFILLED, patch=((8, b"\xff" * 4),))
    if length > available:
        return cut_off(length - available)
    stray = len(content[first + length :].strip(b"\0")) if available - length > STRAY_BYTES else 0
    return too_short(length, stray) if stray > STRAY_BYTES else WHOLE


def check_nist(content: mmap.mmap) -> ContainerCheck:
    """By the number of samples in its head, which is text."""
    head = content[:1024].split(b"end_head")[0]
    lines = head.split(b"\n", 2)
    words = {
        name: int(value) for name, value in re.findall(rb"^(\w{1,40}) -i ([0-9]{1,18})\s*$", head, flags=re.MULTILINE)
    }
    if len(lines) < 3 or not lines[1].strip().isdigit() or b"sample_count" not in words:
        return WHOLE
    coded = re.search(rb"^sample_coding -s[0-9]{1,4} (\S{1,100})", head, flags=re.MULTILINE)
    if coded and coded[1] not in (b"pcm", b"ulaw", b"alaw", b"mu-law"):
        return WHOLE
    width = words.get(b"sample_n_bytes", 1) * words.get(b"channel_count", 1)
    promised, available = words[b"sample_count"] * width, len(content) - int(lines[1].strip()[:12])
    if not promised:
        return WHOLE
    if promised > available:
        return cut_off(promised - available)
    stray = available - promised
    return too_short(promised, stray) if stray > max(STRAY_BYTES, promised // 100) else WHOLE
