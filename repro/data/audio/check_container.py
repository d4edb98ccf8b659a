"""Whether a recording's file is whole, judged by what its container promises, without decoding it.

libsndfile reads half a file as a shorter one, and refuses whole ones whose lengths were never filled in; so the lengths
are looked at here first. Where a header is wrong and the sound is all there, a patch says what should stand in it.
"""

import mmap
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from repro.data.audio.container_check import WHOLE, ContainerCheck
from repro.data.audio.flac_stream import check_flac
from repro.data.audio.mpeg_stream import check_mpeg
from repro.data.audio.ogg_pages import check_ogg
from repro.data.audio.other_containers import check_au, check_caf, check_iff, check_nist
from repro.data.audio.riff_chunks import check_riff, check_w64

_JUDGES: Mapping[bytes, Callable[[mmap.mmap], ContainerCheck]] = {
    b"RIFF": check_riff,
    b"RIFX": check_riff,
    b"RF64": check_riff,
    b"BW64": check_riff,
    b"riff": check_w64,
    b"FORM": check_iff,
    b"caff": check_caf,
    b".snd": check_au,
    b"dns.": check_au,
    b"NIST": check_nist,
    b"OggS": check_ogg,
    b"fLaC": check_flac,
}
JUDGED_HERE = frozenset(
    {"WAV", "WAVEX", "RF64", "W64", "AIFF", "SVX", "CAF", "AU", "NIST", "OGG", "FLAC", "MP3", "SDS"}
)
"""Formats, in the library's words, whose containers are judged here or (SDS) read as whole blocks only."""


def check_container(path: Path) -> ContainerCheck:
    """What the container of a file promises, held against what is there. OSError where it cannot be read.

    A file that did not change is judged once in a process.
    """
    stat = path.stat()
    return _judge(path, stat.st_size, stat.st_mtime_ns) if stat.st_size else WHOLE


@lru_cache(maxsize=2**16)
def _judge(path: Path, size: int, mtime_ns: int) -> ContainerCheck:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        head = content[:4]
        if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
            return check_mpeg(content)
        container = _JUDGES.get(head)
        return WHOLE if container is None else container(content)
