"""One recording from its file: what the header says, and its samples."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repro.data.data_error import DataError

FloatArray = npt.NDArray[np.float32]

SUFFIXES: frozenset[str] = frozenset({".wav", ".flac", ".ogg", ".oga", ".mp3", ".aif", ".aiff"})
"""Endings of the files that are decoded."""


@dataclass(frozen=True, slots=True)
class Header:
    """``rate`` in Hz, ``channels``, and ``frames``: samples in one channel."""

    rate: int
    channels: int
    frames: int


def header(path: Path) -> Header:
    """What a file says of itself; nothing is decoded.

    Raises:
        DataError: not there, no recording, or an empty one.

    """
    info: Any = _opened(path, lambda soundfile: soundfile.info(str(path)))
    if info.frames < 1 or info.channels < 1 or info.samplerate < 1:
        raise DataError(f"{path}: holds no samples")
    return Header(int(info.samplerate), int(info.channels), int(info.frames))


def decode(path: Path, *, start: int = 0, frames: int | None = None) -> FloatArray:
    """Samples of a file at its own rate, float32 ``(C, T)``, full scale -1 .. 1.

    Args:
        path: the file.
        start: the first frame wanted.
        frames: how many; None for all. Fewer come where the file ends before.

    Raises:
        DataError: not there, or cannot be decoded.

    """
    samples: Any = _opened(
        path,
        lambda soundfile: soundfile.read(
            str(path), frames=-1 if frames is None else frames, start=start, dtype="float32", always_2d=True
        )[0],
    )
    return np.ascontiguousarray(samples.T)


def _opened(path: Path, use: Any) -> Any:
    soundfile = _soundfile()
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    try:
        return use(soundfile)
    except (soundfile.LibsndfileError, OSError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: cannot be decoded: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """The library's reason without the path, which stands before it."""
    return str(getattr(error, "error_string", error)).strip().rstrip(".") or type(error).__name__


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise DataError(f"recordings cannot be decoded here: soundfile does not load ({error})") from error
    return soundfile
