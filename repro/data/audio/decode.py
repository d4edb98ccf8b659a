"""One recording from its file: what it holds, found by decoding all of it, and its samples."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repro.data.audio.check_container import JUDGED_HERE, check_container
from repro.data.audio.container_check import ContainerCheck
from repro.data.audio.patched_file import PatchedFile
from repro.data.data_error import DataError

FloatArray = npt.NDArray[np.float32]

BLOCK_SAMPLES = 2**16
LONG_BLOCK_FRAMES = 2**18
"""Where samples are kept and looked at: a quarter of a million at a time, 1 MB a channel."""
FREE_SAMPLES = 2**28
"""So many samples, of all channels, any file may hold: 1.7 hours of 44.1 kHz, 1 GB as float32."""
FRAMES_LOST = 2 * 1152
"""So many frames a decoder of MPEG audio may leave out at both ends."""
RESERVOIR_FRAMES = 24 * 1152
"""So far back may MPEG audio keep bits of a frame: 511 bytes, and the shortest frame has 24."""
NEAR_FRAMES = 2**22
"""So far into MPEG audio of several bit rates all is decoded from the start: exact, and quiet."""
SAMPLES_PER_BYTE = 256
"""A file may hold more where each of its bytes stands for so many samples at most; speech codecs have 128."""


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """``rate`` in Hz, ``channels``, ``frames``: samples in one channel; ``note``: what is odd of the file, if any."""

    rate: int
    channels: int
    frames: int
    note: str = ""


def measure(path: Path) -> SoundInfo:
    """What a file holds, by decoding it once: the headers of compressed files say lengths that are not those decoded.

    Raises:
        DataError: not there, no recording, cut off, an empty one, one that holds what is no number, or a small file
            that decodes to hours.

    """
    judgement = _judged(path)
    if judgement.fault:
        raise DataError(f"{path}: {judgement.fault}")
    most = max(FREE_SAMPLES, SAMPLES_PER_BYTE * path.stat().st_size)

    def use(file: Any) -> SoundInfo:
        frames = 0
        if file.frames * file.channels > most and not _guesses(file):
            raise DataError(f"{path}: {_too_long(file, most)}")
        block = np.empty((max(1, BLOCK_SAMPLES // file.channels), file.channels), dtype=np.float32)
        while len(some := file.read(out=block)):
            if not np.isfinite(some).all():
                raise DataError(f"{path}: holds samples that are no finite numbers")
            frames += len(some)
            if frames * file.channels > most:
                raise DataError(f"{path}: {_too_long(file, most)}")
        if frames != file.frames and not _guesses(file):
            raise DataError(f"{path}: is damaged: {frames} of its {file.frames} frames can be decoded")
        if judgement.frames and frames < judgement.frames - FRAMES_LOST:
            raise DataError(f"{path}: is damaged: {frames} of its {judgement.frames} frames can be decoded")
        if file.format not in JUDGED_HERE and (fault := _said_by_log(str(file.extra_info), frames)):
            raise DataError(f"{path}: {fault}")
        return SoundInfo(int(file.samplerate), int(file.channels), frames, judgement.note)

    sound: SoundInfo = _opened(path, use)
    if sound.frames < 1:
        raise DataError(f"{path}: holds no samples")
    return sound


def decode(path: Path, *, start: int = 0, frames: int | None = None) -> FloatArray:
    """Samples of a file at its own rate, float32 ``(C, T)``, full scale -1 .. 1 (a lossy file may go a little beyond).

    Args:
        path: the file.
        start: the first frame wanted.
        frames: how many; None for all. Fewer come where the file ends before.

    Raises:
        DataError: not there, or cannot be decoded.

    """

    def use(file: Any) -> Any:
        _go_to(file, start, check_container(path))
        if frames is None:
            blocks = [np.empty((0, file.channels), dtype=np.float32)]
            while len(block := _next(file, LONG_BLOCK_FRAMES)):
                blocks.append(block)
            return np.concatenate(blocks)
        return _next(file, frames)

    return np.ascontiguousarray(_opened(path, use).T)


def decode_in_blocks(
    path: Path, take: Callable[[FloatArray], None], *, start: int = 0, frames: int | None = None
) -> tuple[int, int]:
    """Give the samples of a file to ``take``, block after block, and return how many channels and frames that were.

    Blocks are as :func:`decode` gives the whole, at most :data:`LONG_BLOCK_FRAMES` long; one is held at a time.

    Args:
        path: the file.
        take: is given each block ``(C, T)``, in order.
        start: the first frame wanted.
        frames: how many; None for all. Fewer come where the file ends before.

    Raises:
        DataError: not there, or cannot be decoded.

    """

    def use(file: Any) -> tuple[int, int]:
        _go_to(file, start, check_container(path))
        read = 0
        while frames is None or read < frames:
            most = LONG_BLOCK_FRAMES if frames is None else min(LONG_BLOCK_FRAMES, frames - read)
            block = _next(file, most)
            if not len(block):
                break
            read += len(block)
            take(np.ascontiguousarray(block.T))
        return int(file.channels), read

    counts: tuple[int, int] = _opened(path, use)
    return counts


def _go_to(file: Any, start: int, judgement: ContainerCheck) -> None:
    """To the first frame wanted.

    MPEG audio keeps bits of a frame in those before it: some are decoded first, or other samples would come. Encodings
    in which nobody can seek (GSM 6.10, G.721 ...) are decoded up to there.
    """
    at = start
    if _guesses(file):
        at = 0 if judgement.uneven and start < NEAR_FRAMES else max(0, start - RESERVOIR_FRAMES)
    if at and file.can_seek() and at < file.frames:
        file.seek(at)
    else:
        at = 0
    block = np.empty((max(1, BLOCK_SAMPLES // file.channels), file.channels), dtype=np.float32)
    while at < start and (some := len(file.read(out=block[: start - at]))):
        at += some


def _next(file: Any, frames: int) -> FloatArray:
    """The next frames ``(T, C)``; fewer at the end."""
    block: FloatArray = file.read(out=np.empty((frames, file.channels), dtype=np.float32))
    return block


def _guesses(file: Any) -> bool:
    """Whether the library only guesses a file's length: that of MPEG audio, in any container."""
    return "MPEG" in file.subtype


def _too_long(file: Any, most: int) -> str:
    hours = most / file.channels / file.samplerate / 3600
    return (
        f"decodes to more than {most:,} samples ({hours:.1f} hours of {file.channels} channels at {file.samplerate} "
        f"Hz), more than a file of its size is read to; cut it into files of a few minutes"
    )


def _said_by_log(log: str, frames: int) -> str:
    """What the library noted, where only it knows the container, of a length that does not fit."""
    counts = re.findall(
        r"^[ ]{0,4}(?:Frames|Rows : [0-9]{1,5}[ ]{1,8}Cols)[ ]{0,12}: ([0-9]{1,15})$", log, flags=re.MULTILINE
    )
    most = max(map(int, counts), default=0)
    if most > frames:
        return f"is cut off: {frames} of its {most} frames are there"
    if "truncated" in log or "should be" in log:
        return f"is cut off: it holds {frames} frames, and its header promises more"
    return ""


def _judged(path: Path) -> ContainerCheck:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    try:
        return check_container(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error


def _opened(path: Path, use: Callable[[Any], Any]) -> Any:
    soundfile = _soundfile()
    opener = _forward(soundfile)
    judgement = _judged(path)
    try:
        if not judgement.patch and not judgement.lead:
            with opener(str(path) if os.name == "nt" else os.fsencode(path)) as file:
                return use(file)
        with PatchedFile(path, judgement) as content, opener(content) as file:
            return use(file)
    except (soundfile.LibsndfileError, OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: cannot be decoded: {_reason(error, path)}") from error


def _reason(error: Exception, path: Path) -> str:
    """The library's reason, without the path and in words of ours where it misleads."""
    text = str(getattr(error, "error_string", error)).strip().rstrip(".")
    if not path.stat().st_size:
        return "the file is empty"
    if "does not exist" in text:  # what it says of an mp3 without a single frame
        return f"not what its ending {path.suffix} says"
    if "Format not recognised" in text:
        return "its format is not known"
    return text or type(error).__name__


@cache
def _forward(soundfile: Any) -> Any:
    """A file that is read on and on: the library's own goes to its place anew after each block, which in MPEG audio
    gives other samples than reading on does.
    """
    base: Any = soundfile.SoundFile

    class Forward(base):  # type: ignore[misc]
        def seekable(self) -> bool:
            return False

        def can_seek(self) -> bool:
            return bool(base.seekable(self))

    return Forward


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise DataError(f"recordings cannot be decoded here: soundfile does not load ({error})") from error
    return soundfile
