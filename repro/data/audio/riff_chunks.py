"""Wav files (RIFF, RIFX, RF64, BW64) and Wave64: the length of their sound."""

import mmap
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
from repro.data.audio.mpeg_stream import check_mpeg

MPEG_LAYER_3 = 0x55
_AFTER = frozenset({b"id3 ", b"ID3 ", b"cue ", b"PAD "}) | frozenset(
    b"LIST INFO bext JUNK fact PEAK iXML _PMX afsp DISP inst acid axml chna umid levl cart FLLR minf elm1 regn".split()
    + b"SAUR olym cset plst bxml MARK smpl".split()
)
"""Chunks that stand behind the sound."""
_FILES = (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"data")
"""What begins more sound behind the sound: a second file, or a second data chunk."""


def check_riff(content: mmap.mmap) -> ContainerCheck:
    """By the length of the data chunk, which decides what is heard; the length of the file in its head says little."""
    order = ">" if content[:4] == b"RIFX" else "<"
    wide = content[:4] in (b"RF64", b"BW64")
    size, at = len(content), 12
    ds64 = encoding = align = 0
    for _ in range(MAX_CHUNKS):
        if at + 8 > size:
            return WHOLE
        name, (length,) = content[at : at + 4], struct.unpack(f"{order}I", content[at + 4 : at + 8])
        if name == b"data":
            break
        if name == b"ds64" and at + 36 <= size:
            ds64 = at + 8
        if name == b"fmt " and at + 24 <= size:
            encoding, align = (struct.unpack(f"{order}H", content[at + 8 + o : at + 10 + o])[0] for o in (0, 12))
        at += 8 + length + length % 2
    else:
        return WHOLE
    first = at + 8
    available = size - first
    (riff,) = struct.unpack(f"{order}I", content[4:8])
    bits = 32
    if wide and ds64 and length == 0xFFFFFFFF:
        riff, length = struct.unpack("<QQ", content[ds64 : ds64 + 16])
        bits = 64 if length > 2**33 else 32
    if (not length and available and _stray(content, first)) or (length > available and is_open_ended(length, bits)):
        sound = available - available % max(1, align)
        return ContainerCheck(note=UNFILLED, patch=_filled(order, size, at, sound, ds64, align))
    if length > available:
        return cut_off(length - available)
    if encoding == MPEG_LAYER_3:
        return check_mpeg(content, first, first + length)
    end = min(size, first + length)
    stray = _stray(content, end)
    if stray < 0:
        return ContainerCheck(
            fault="holds a second file or a second stretch of sound behind the first, which would be lost"
        )
    if stray > STRAY_BYTES:
        return too_short(length, stray)
    excess = riff + 8 - size
    if not riff or is_open_ended(riff, bits) or excess <= 1:
        return WHOLE
    return ContainerCheck(note=f"its head promises {excess} bytes more than there are; its sound is all there")


def _stray(content: mmap.mmap, end: int) -> int:
    """How many bytes from ``end`` on are neither chunks nor zeros; -1 where more sound begins there."""
    size, most = len(content), 0
    for padded in (end % 2, 0):
        at = end + padded
        for _ in range(MAX_CHUNKS):
            name = content[at : at + 4]
            if name in _FILES:
                return -1
            if at + 8 > size or not name.isascii() or not all(32 <= letter < 127 for letter in name):
                break
            (length,) = struct.unpack("<I", content[at + 4 : at + 8])
            if at + 8 + length > size and (name not in _AFTER or at + 8 + length > 2 * size):
                break
            at = min(size, at + 8 + length + length % 2)
        most = max(most, at)
    if most >= size or content[most : most + 3] == b"TAG":
        return 0
    rest = content[most:]
    return 0 if not rest.strip(b"\0") else len(rest)


def _filled(order: str, size: int, at: int, sound: int, ds64: int, align: int) -> tuple[tuple[int, bytes], ...]:
    """The lengths as they should be."""
    if ds64:
        lengths = struct.pack("<QQQ", size - 8, sound, sound // max(1, align))
        return (ds64, lengths), (at + 4, b"\xff" * 4)
    most = 0xFFFFFFFF
    return (4, struct.pack(f"{order}I", min(size - 8, most))), (at + 4, struct.pack(f"{order}I", min(sound, most)))


def check_w64(content: mmap.mmap) -> ContainerCheck:
    """Chunks have a name of 16 bytes and a length that counts their head of 24; each begins at a multiple of 8."""
    size, at = len(content), 40
    for _ in range(MAX_CHUNKS):
        if at + 24 > size:
            return WHOLE
        (length,) = struct.unpack("<Q", content[at + 16 : at + 24])
        if content[at : at + 4] == b"data":
            available = size - at
            if length < 24 or is_open_ended(length, 64) or is_open_ended(length, 63):
                return ContainerCheck(note=UNFILLED, patch=((at + 16, struct.pack("<Q", available)),))
            return cut_off(length - available) if length > available else WHOLE
        at += max(24, length + -length % 8)
    return WHOLE
