"""MPEG audio (mp3, mp2, mp1): frame after frame by their own lengths, held against the number that a tag promises."""

import mmap
import struct
from typing import NamedTuple

from repro.data.audio.container_check import WHOLE, ContainerCheck

LEADING_BYTES = 2**16
"""The first frame begins within so many bytes behind the tags."""

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


class Frame(NamedTuple):
    """The head of a frame: ``length`` in bytes; ``kind`` is what all frames of a file share."""

    length: int
    kind: tuple[int, int, int]
    mono: bool


def check_mpeg(content: mmap.mmap, start: int = 0, end: int | None = None) -> ContainerCheck:
    """Whether all frames are there, in one chain, between ``start`` and ``end`` of a file."""
    end = len(content) if end is None else end
    first = _first(content, _after_tags(content, start, end), end)
    if first is None:
        return WHOLE
    frame = _frame(content, first)
    assert frame is not None
    promised = _promised(content, first, frame)
    at, count, kind = first, 0, frame.kind
    samples = {1: 384, 2: 1152, 3: 1152 if kind[0] == 3 else 576}[kind[1]]
    rates: set[int] = set()
    while at < end:
        current = _frame(content, at)
        if current is None or current.kind != kind:
            after = _after_tags(content, at, end)
            if after > at:
                at = after
                continue
            if _is_tail(content, at, end):
                break
            again = _first(content, at, end, kind)
            stray = (end if again is None else again) - at
            if again is None and promised is not None and count - 1 >= promised:
                break
            return ContainerCheck(fault=f"is damaged: {stray} bytes behind frame {count} are no sound")
        if at + current.length > end:
            if promised is not None and count - 1 >= promised:
                break
            missing = at + current.length - end
            return ContainerCheck(
                fault=f"is cut off: {missing} bytes of its last frame are missing{_of(count - 1, promised)}"
            )
        rates.add(content[at + 2] >> 4)
        at, count = at + current.length, count + 1
    uneven = len(rates) > 1
    if promised is None:
        lead = _tag(content, first, frame, count, at - first) if start or uneven else b""
        return ContainerCheck(lead=lead, lead_over=first if lead else 0, frames=count * samples, uneven=uneven)
    if count - 1 < promised - 1:
        return ContainerCheck(fault=f"is cut off{_of(count - 1, promised)}")
    if count - 1 > promised + 1:
        more = count - 1 - promised
        return ContainerCheck(
            fault=f"holds {more} frames more than its tag promises, which would be lost; write it anew"
        )
    return ContainerCheck(uneven=uneven)


def _of(count: int, promised: int | None) -> str:
    return "" if promised is None else f": {max(0, count)} of its {promised} frames are there"


def _length(head: bytes) -> int:
    frame = _frame(head, 0)
    assert frame is not None
    return frame.length


def _frame(content: mmap.mmap | bytes, at: int) -> Frame | None:
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or bitrate in (0, 15) or rate == 3:
        return None
    hertz = _RATES[version][rate]
    row = _KBPS[(1, layer)] if version == 3 else _KBPS[(2, 1 if layer == 1 else 2)]
    bits, padding = row[bitrate - 1] * 1000, head[2] >> 1 & 1
    if layer == 1:
        length = (12 * bits // hertz + padding) * 4
    else:
        length = (72 if layer == 3 and version != 3 else 144) * bits // hertz + padding
    return Frame(length, (version, layer, rate), head[3] >> 6 == 3)


def _first(content: mmap.mmap, at: int, end: int, kind: tuple[int, int, int] | None = None) -> int | None:
    """Where a frame begins that another of its kind follows, or the end."""
    most = min(end, at + LEADING_BYTES) if kind is None else end
    while (at := content.find(b"\xff", at, most)) >= 0:
        frame = _frame(content, at)
        if frame is not None and kind in (None, frame.kind):
            following = _frame(content, at + frame.length)
            if at + frame.length == end or (following is not None and following.kind == frame.kind):
                return at
        at += 1
    return None


def _after_tags(content: mmap.mmap, at: int, end: int) -> int:
    """Behind the ID3v2 and APE tags that begin here."""
    while at < end:
        head = content[at : at + 32]
        if head[:3] == b"ID3" and len(head) >= 10:
            size = 0
            for byte in head[6:10]:
                size = size << 7 | byte & 0x7F
            at += 10 + size + 10 * (head[5] >> 4 & 1)
        elif head[:8] == b"APETAGEX" and len(head) >= 24:
            at += 32 + struct.unpack("<I", head[12:16])[0]
        else:
            break
    return min(at, end)


def _tag(content: mmap.mmap, at: int, frame: Frame, count: int, size: int) -> bytes:
    """A first frame that says how many follow: without it the library guesses, and drops what is beyond its guess."""
    head = bytes((0xFF, content[at + 1] | 1, 14 << 4 | content[at + 2] & 0x0C, content[at + 3]))
    side = (17 if frame.mono else 32) if frame.kind[0] == 3 else (9 if frame.mono else 17)
    length = _length(head)
    return (head + bytes(side) + b"Xing" + struct.pack(">III", 3, count, size + length)).ljust(length, b"\0")


def _is_tail(content: mmap.mmap, at: int, end: int) -> bool:
    """Whether what follows is a tag of the old kind, lyrics or zeros."""
    head = content[at : at + 16]
    return head.startswith((b"TAG", b"LYRICSBEGIN")) or not content[at:end].strip(b"\0")


def _promised(content: mmap.mmap, at: int, frame: Frame) -> int | None:
    """The number of frames that the tag in the first one promises, itself not counted; None without a tag."""
    side = (17 if frame.mono else 32) if frame.kind[0] == 3 else (9 if frame.mono else 17)
    tag = content[at + 4 + side : at + 16 + side]
    if tag[:4] in (b"Xing", b"Info") and len(tag) == 12 and tag[7] & 1:
        return int(struct.unpack(">I", tag[8:12])[0])
    tag = content[at + 36 : at + 54]
    if tag[:4] == b"VBRI" and len(tag) == 18:
        return int(struct.unpack(">I", tag[14:18])[0])
    return None
