"""Whether a recording's file is whole, judged by what its container promises, without decoding it.

libsndfile reads half a file as a shorter one, and refuses whole ones whose lengths were never filled in; so the lengths
are looked at here first. Where a header is wrong and the sound is all there, a patch says what should stand in it.
"""

import mmap
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from repro.data.audio.flac_stream import judge_flac
from repro.data.audio.judgement import WHOLE, Judgement
from repro.data.audio.mpeg_stream import judge_mpeg
from repro.data.audio.ogg_pages import judge_ogg
from repro.data.audio.other_containers import judge_au, judge_caf, judge_iff, judge_nist
from repro.data.audio.riff_chunks import judge_riff, judge_w64

_JUDGES: Mapping[bytes, Callable[[mmap.mmap], Judgement]] = {
    b"RIFF": judge_riff,
    b"RIFX": judge_riff,
    b"RF64": judge_riff,
    b"BW64": judge_riff,
    b"riff": judge_w64,
    b"FORM": judge_iff,
    b"caff": judge_caf,
    b".snd": judge_au,
    b"dns.": judge_au,
    b"NIST": judge_nist,
    b"OggS": judge_ogg,
    b"fLaC": judge_flac,
}
JUDGED_HERE = frozenset(
    {"WAV", "WAVEX", "RF64", "W64", "AIFF", "SVX", "CAF", "AU", "NIST", "OGG", "FLAC", "MP3", "SDS"}
)
"""Formats, in the library's words, whose containers are judged here or (SDS) read as whole blocks only."""


def judge(path: Path) -> Judgement:
    """What the container of a file promises, held against what is there. OSError where it cannot be read.

    A file that did not change is judged once in a process.
    """
    stat = path.stat()
    return _judge(path, stat.st_size, stat.st_mtime_ns) if stat.st_size else WHOLE


@lru_cache(maxsize=2**16)
def _judge(path: Path, size: int, mtime_ns: int) -> Judgement:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        head = content[:4]
        if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
            return judge_mpeg(content)
        container = _JUDGES.get(head)
        return WHOLE if container is None else container(content)
