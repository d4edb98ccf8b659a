"""One recording from its file: what it holds, found by decoding all of it, and its samples."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repro.data.data_error import DataError

FloatArray = npt.NDArray[np.float32]

BLOCK_FRAMES = 2**16
LONG_BLOCK_FRAMES = 2**18
"""Where samples are kept and looked at: a quarter of a million at a time, 1 MB a channel."""
LAST_PAGE_BYTES = 2**17
END_OF_STREAM = 4
"""The bit of an ogg page's sixth byte that marks the last one."""
OPEN_ENDED = (0, 0xFFFFFFFF)
"""What stands for the length in a wav that was written to a stream."""


@dataclass(frozen=True, slots=True)
class Sound:
    """``rate`` in Hz, ``channels``, and ``frames``: samples in one channel."""

    rate: int
    channels: int
    frames: int


def measure(path: Path) -> Sound:
    """What a file holds, by decoding it once: the headers of compressed files say lengths that are not those decoded.

    Raises:
        DataError: not there, no recording, cut off, an empty one, or one that holds what is no number.

    """

    def use(soundfile: Any) -> Sound:
        frames = 0
        with soundfile.SoundFile(str(path)) as file:
            block = np.empty((BLOCK_FRAMES, file.channels), dtype=np.float32)
            while len(some := file.read(out=block)):
                if not np.isfinite(some).all():
                    raise DataError(f"{path}: holds samples that are no finite numbers")
                frames += len(some)
            if frames != file.frames and file.format != "MP3":  # an mp3 only guesses its length
                raise DataError(f"{path}: is damaged: {frames} of its {file.frames} frames can be decoded")
            return Sound(int(file.samplerate), int(file.channels), frames)

    sound: Sound = _opened(path, use)
    if cut := _cut_off(path):
        raise DataError(f"{path}: {cut}")
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

    def use(soundfile: Any) -> Any:
        with soundfile.SoundFile(str(path)) as file:
            if start:
                file.seek(start)
            if frames is None:
                return file.read(dtype="float32", always_2d=True)
            return file.read(out=np.empty((frames, file.channels), dtype=np.float32))

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

    def use(soundfile: Any) -> tuple[int, int]:
        with soundfile.SoundFile(str(path)) as file:
            if start:
                file.seek(start)
            read = 0
            while frames is None or read < frames:
                most = LONG_BLOCK_FRAMES if frames is None else min(LONG_BLOCK_FRAMES, frames - read)
                block = file.read(most, dtype="float32", always_2d=True)
                if not len(block):
                    break
                read += len(block)
                take(np.ascontiguousarray(block.T))
            return int(file.channels), read

    found: tuple[int, int] = _opened(path, use)
    return found


def _opened(path: Path, use: Callable[[Any], Any]) -> Any:
    soundfile = _soundfile()
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    try:
        return use(soundfile)
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


def _cut_off(path: Path) -> str:
    """What shows that a file's end is missing, in words: the library reads such a wav or ogg as a short one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:] == b"WAVE":
            (promised,) = struct.unpack("<I", head[4:8])
            missing = promised + 8 - promised % 2 - size
            return "" if promised in OPEN_ENDED or missing <= 0 else f"is cut off: its last {missing} bytes are missing"
        if head[:4] == b"OggS":
            file.seek(max(0, size - LAST_PAGE_BYTES))
            end = file.read()
            page = end.rfind(b"OggS")
            if page < 0 or page + 5 >= len(end) or not end[page + 5] & END_OF_STREAM:
                return "is cut off: the end of the stream is missing"
    return ""


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise DataError(f"recordings cannot be decoded here: soundfile does not load ({error})") from error
    return soundfile
