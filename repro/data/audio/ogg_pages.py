"""Ogg files: whether the last page is there, and what was left out of it."""

import mmap
import struct
from functools import cache

from repro.data.audio.container_check import ContainerCheck

END_OF_STREAM = 4
"""The bit of a page's sixth byte that marks the last one."""


def check_ogg(content: mmap.mmap) -> ContainerCheck:
    """Page after page by their own lengths. A file whose last page lacks only the mark of the end is whole."""
    size, at = len(content), 0
    last: dict[int, int] = {}
    number: dict[int, int] = {}
    while at < size:
        if content[at : at + 4] != b"OggS":
            if at + 4 > size and b"OggS".startswith(content[at:size]):
                return ContainerCheck(fault="is cut off: the end of the stream is missing")
            break  # what follows the last page: a tag, or damage that the decoder finds
        length = _length(content, at)
        if at + length > size:
            return ContainerCheck(fault="is cut off: the end of the stream is missing")
        serial, count = struct.unpack("<II", content[at + 14 : at + 22])
        if serial in number and count > number[serial] + 1:
            missing = count - number[serial] - 1
            return ContainerCheck(fault=f"is damaged: {missing} page{'s' * (missing > 1)} in its middle cannot be read")
        last[serial], number[serial] = at, count
        at += length
    if size - at > 27 and content.rfind(b"OggS") > at:
        return ContainerCheck(fault="is damaged: what lies between two of its pages is no page")
    unmarked = [at for at in last.values() if not content[at + 5] & END_OF_STREAM]
    if not unmarked:
        return ContainerCheck()
    if any(content[at + 26] and content[at + 26 + content[at + 26]] == 255 for at in unmarked):
        return ContainerCheck(
            fault="is cut off: the end of the stream is missing"
        )  # the last packet goes on in a next page
    patch: list[tuple[int, bytes]] = []
    for start in unmarked:
        page = bytearray(content[start : start + _length(content, start)])
        stored = bytes(page[22:26])
        page[22:26] = bytes(4)
        plain = _checksum(page)
        page[5] |= END_OF_STREAM
        marked = _checksum(page)
        if stored not in (plain, marked):
            return ContainerCheck(fault="is damaged: its last page does not fit its own checksum")
        patch += [(start + 5, bytes(page[5:6])), (start + 22, marked)]
    return ContainerCheck(note="its last page lacks the mark of the end; it is taken for whole", patch=tuple(patch))


def _length(content: mmap.mmap, at: int) -> int:
    """Bytes of the page, as far as its head is there."""
    if at + 27 > len(content):
        return 27
    segments = content[at + 26]
    return 27 + segments + sum(content[at + 27 : at + 27 + segments])


def _checksum(page: bytearray) -> bytes:
    table, value = _table(), 0
    for byte in page:
        value = (value << 8) & 0xFFFFFFFF ^ table[(value >> 24) ^ byte]
    return struct.pack("<I", value)


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        rows.append(value & 0xFFFFFFFF)
    return tuple(rows)
