"""Clips: the recordings of a data set, as files with what their headers say; samples are decoded when wanted."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from repro.data.arrays import IntArray
from repro.data.audio.decode import FloatArray, decode, decode_in_blocks
from repro.data.data_error import DataError
from repro.spec.shape import Shape

DIFFERS = 0
"""The size of an axis along which clips are not all of one size."""


@dataclass(frozen=True, eq=False)
class Clips:
    """N recordings, one for each item, in the items' order. Holds no samples and can be sent to another process.

    ``root / names[i]`` is the file of clip i (names have forward slashes; one file may hold several clips). Of each
    clip: ``rates`` in Hz, ``channels``, and ``frames``, its number of samples in one channel. Where clips are stretches
    of longer files ``starts`` and ``ends`` are their first frame and one past the last in the file; ``frames`` are
    then ``ends - starts``. ``files`` are the sha256 of the files' bytes, where they are known. ``given`` holds samples
    that stand in for those of a file, by row: for trials on a few items.

    ``sha256`` covers what is heard and not what files are called; it is made here, of ``files``, when not given.
    """

    root: Path
    names: tuple[str, ...]
    rates: IntArray
    channels: IntArray
    frames: IntArray
    starts: IntArray | None = None
    ends: IntArray | None = None
    sha256: str = ""
    files: tuple[str, ...] = ()
    given: Mapping[int, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that everything has N values; DataError names what does not."""
        for key in ("rates", "channels", "frames", "starts", "ends", "files"):
            values = getattr(self, key)
            absent = values is None or (key == "files" and not values)
            if not absent and len(values) != len(self.names):
                raise DataError(f"clips: {key} has {len(values)} values for {len(self.names)} names")
        if (self.starts is None) != (self.ends is None):
            raise DataError("clips: starts and ends go together")
        if (
            self.starts is not None
            and self.ends is not None
            and not np.array_equal(self.ends - self.starts, self.frames)
        ):
            raise DataError("clips: frames are not ends - starts")
        if not self.sha256:
            object.__setattr__(self, "sha256", self._hash())

    def __len__(self) -> int:
        return len(self.names)

    def read(self, row: int) -> FloatArray:
        """The samples of one clip at its own rate: float32 ``(C, T)``, full scale -1 .. 1.

        Raises:
            DataError: the file is not there, cannot be decoded, or holds other samples than its header said.

        """
        row = int(row)
        if row in self.given:
            return self.given[row]
        start = 0 if self.starts is None else int(self.starts[row])
        samples = decode(self.path(row), start=start, frames=int(self.frames[row]))
        self._check(row, *samples.shape)
        return samples

    def read_in_blocks(self, row: int, take: Callable[[FloatArray], None]) -> None:
        """Give the samples of one clip to ``take``, block after block: a recording of hours never lies in memory.

        Raises:
            DataError: as :meth:`read`.

        """
        row = int(row)
        if row in self.given:
            take(self.given[row])
            return
        start = 0 if self.starts is None else int(self.starts[row])
        self._check(row, *decode_in_blocks(self.path(row), take, start=start, frames=int(self.frames[row])))

    def _check(self, row: int, channels: int, frames: int) -> None:
        if (channels, frames) != (self.channels[row], self.frames[row]):
            raise DataError(
                f"{self.path(row)}: decodes to {frames} frames of {channels} channels; "
                f"{self.frames[row]} of {self.channels[row]} were expected. Is it cut off, or was it changed?"
            )

    def path(self, row: int) -> Path:
        """The file of one clip."""
        return self.root / self.names[row]

    def rate(self, row: int) -> int:
        """Sampling rate of one clip, Hz."""
        return int(self.rates[row])

    def kinds(self) -> dict[tuple[int, int], IntArray]:
        """Rows of each ``(rate in Hz, channels)``, ascending."""
        pairs = np.stack([self.rates, self.channels], axis=1)
        return {
            (int(rate), int(channels)): np.flatnonzero((pairs == (rate, channels)).all(1)).astype(np.int64)
            for rate, channels in np.unique(pairs, axis=0)
        }

    def take(self, rows: IntArray) -> "Clips":
        """The clips of some rows, in that order."""
        samples = {at: self.given[row] for at, row in enumerate(rows.tolist()) if row in self.given}
        return Clips(
            root=self.root,
            names=tuple(self.names[row] for row in rows.tolist()),
            rates=self.rates[rows],
            channels=self.channels[rows],
            frames=self.frames[rows],
            starts=None if self.starts is None else self.starts[rows],
            ends=None if self.ends is None else self.ends[rows],
            sha256="" if self.files else _of_rows(self.sha256, rows),
            files=tuple(self.files[row] for row in rows.tolist()) if self.files else (),
            given=samples,
        )

    def replaced(self, samples: Mapping[int, FloatArray]) -> "Clips":
        """A copy in which the clips of some rows are these samples ``(C, T)``, each at the rate of the one before."""
        channels, frames = self.channels.copy(), self.frames.copy()
        for row, signal in samples.items():
            channels[row], frames[row] = signal.shape
        digest = hashlib.sha256(f"replaced 1\0{self.sha256}\0".encode())
        for row in sorted(samples):
            digest.update(f"{row}\0{samples[row].shape}\0".encode() + samples[row].astype("<f4").tobytes())
        starts = self.starts
        return Clips(
            root=self.root,
            names=self.names,
            rates=self.rates,
            channels=channels,
            frames=frames,
            starts=starts,
            ends=None if starts is None else starts + frames,
            sha256=digest.hexdigest(),
            given={**self.given, **{row: signal.astype(np.float32) for row, signal in samples.items()}},
        )

    def content(self, row: int) -> bytes:
        """Equal for two clips that are the same stretch of files with the same bytes, or the same samples, 32 bytes.

        Made of the file's sha256 where it is known; the clip is decoded where it is not.
        """
        if not self.files or row in self.given:
            samples = self.read(row)
            return hashlib.sha256(f"{samples.shape}\0".encode() + samples.tobytes()).digest()
        start = 0 if self.starts is None else self.starts[row]
        return hashlib.sha256(f"{self.files[row]}\0{start}\0{self.frames[row]}".encode()).digest()

    def seconds(self) -> FloatArray:
        """Length of each clip in seconds, ``(N,)``."""
        return np.asarray(self.frames / self.rates, dtype=np.float32)

    @property
    def shape(self) -> Shape:
        """``C`` and ``T`` of an item as stored; 0 where clips differ (in T also where only their rates do)."""
        same_rate = len(np.unique(self.rates)) == 1
        return Shape.of("C T", _one(self.channels), _one(self.frames) if same_rate else DIFFERS)

    @property
    def one_rate(self) -> float | None:
        """The sampling rate of all clips in Hz, None where they differ."""
        return float(self.rates[0]) if len(self) and len(np.unique(self.rates)) == 1 else None

    def _hash(self) -> str:
        if len(self) and not self.files:
            raise DataError("clips: neither the sha256 of all nor of each file is known")
        digest = hashlib.sha256(b"clips 1\0")
        for row in range(len(self)):
            start = 0 if self.starts is None else int(self.starts[row])
            heard = (self.files[row], int(self.rates[row]), int(self.channels[row]), start, int(self.frames[row]))
            digest.update(repr(heard).encode())
        return digest.hexdigest()

    def __iter__(self) -> Iterator[FloatArray]:
        return (self.read(row) for row in range(len(self)))


def _one(values: IntArray) -> int:
    return int(values[0]) if len(values) and (values == values[0]).all() else DIFFERS


def _of_rows(sha256: str, rows: IntArray) -> str:
    return hashlib.sha256(f"rows 1\0{sha256}\0".encode() + rows.astype("<i8").tobytes()).hexdigest()
