"""FLAC files that were written to a stream: their head holds no length, so the last frame tells it."""

import mmap
from functools import cache

from repro.data.audio.container_check import UNFILLED, WHOLE, ContainerCheck

LAST_BYTES = 2**20
"""The last frame begins within so many bytes of the end."""
MOST_CANDIDATES = 64
"""So many places that look like the head of a frame are tried."""


def check_flac(content: mmap.mmap) -> ContainerCheck:
    """Files whose head says their length are left to the decoder, which finds the end missing."""
    if len(content) < 42 or content[4] & 0x7F:
        return WHOLE
    if content[21] & 0x0F or any(content[22:26]):
        return WHOLE
    fixed = int.from_bytes(content[8:10], "big")
    end = len(content) - 128 if content[-128:-125] == b"TAG" else len(content)
    at, tried = end, 0
    while (at := content.rfind(b"\xff", max(42, end - LAST_BYTES), at)) >= 0 and tried < MOST_CANDIDATES:
        head = content[at : at + 16]
        frames = _last_frame(head, fixed)
        if frames is None:
            continue
        tried += 1
        if not _crc(content[at:end], 0x8005, 16):
            total = frames.to_bytes(5, "big")
            patch = ((21, bytes([content[21] & 0xF0 | total[0] & 0x0F])), (22, total[1:]))
            return ContainerCheck(note=UNFILLED, patch=patch)
    return ContainerCheck(fault="is cut off: its last frame is not whole")


def _last_frame(head: bytes, fixed: int) -> int | None:
    """Frames of samples up to the end of the frame with this head; None where it is the head of none."""
    if len(head) < 6 or head[1] & 0xFE != 0xF8 or head[3] & 1:
        return None
    size_code, rate_code = head[2] >> 4, head[2] & 15
    if not size_code or rate_code == 15:
        return None
    lead = 8 - (head[4] ^ 0xFF).bit_length()
    more = max(0, lead - 1)
    if lead in (1, 8) or len(head) < 5 + more or any(byte & 0xC0 != 0x80 for byte in head[5 : 5 + more]):
        return None
    number = head[4] & (0x7F >> lead)
    for byte in head[5 : 5 + more]:
        number = number << 6 | byte & 0x3F
    at = 5 + more
    wide = {6: 1, 7: 2}.get(size_code, 0)
    if wide:
        size = int.from_bytes(head[at : at + wide], "big") + 1
    else:
        size = 192 if size_code == 1 else 576 << size_code - 2 if size_code < 6 else 256 << size_code - 8
    at += wide + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if at >= len(head) or _crc(head[:at], 0x07, 8) != head[at]:
        return None
    return (number if head[1] & 1 else number * fixed) + size


def _crc(content: bytes, polynomial: int, bits: int) -> int:
    table, value, mask = _table(polynomial, bits), 0, (1 << bits) - 1
    for byte in content:
        value = (value << 8) & mask ^ table[(value >> bits - 8) ^ byte]
    return value


@cache
def _table(polynomial: int, bits: int) -> tuple[int, ...]:
    rows, top = [], 1 << bits - 1
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value & top else 0)
        rows.append(value & (1 << bits) - 1)
    return tuple(rows)
