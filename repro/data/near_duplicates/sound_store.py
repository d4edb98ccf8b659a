"""All sounds of a data set with their marks, kept on the disk while they are compared: memory holds the marks alone."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import AnyArray, IntArray
from repro.data.near_duplicates.landmarks import SIZE, find_landmarks


class SoundStore:
    """Sounds, as half-precision numbers in a temporary file without a name, and the marks of each. Closed by ``with``.

    Once :meth:`take` has taken all N, ``starts`` ``(N + 1,)`` are where each begins in the file. Of the K marks of all:
    ``pictures`` ``(K, SIZE)``, ``owners`` (the sound) and ``places`` (samples from the beginning of the file), int64
    ``(K,)``, ascending.

    Args:
        folder: where the file may lie.

    """

    starts: IntArray
    pictures: Tensor
    owners: Tensor
    places: Tensor

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder, prefix="sounds-")  # noqa: SIM115, closed by __exit__
        self._all: AnyArray = np.zeros(0, dtype=np.float16)

    def __enter__(self) -> "SoundStore":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the file go."""
        self._all = np.zeros(0, dtype=np.float16)
        self._file.close()

    def take(self, sounds: Iterable[Tensor], near: int) -> None:
        """Take all sounds, float32 ``(T,)`` each, and find their landmarks; ``near`` as in :func:`.find_landmarks`."""
        starts = [0]
        pictures, places = [torch.zeros(0, SIZE)], [torch.zeros(0, dtype=torch.int64)]
        owners = [torch.zeros(0, dtype=torch.int64)]
        for row, sound in enumerate(sounds):
            at, new_pictures = find_landmarks(sound, near)
            pictures.append(new_pictures)
            places.append(at + starts[-1])
            owners.append(torch.full((len(at),), row))
            self._file.write(sound.half().numpy().tobytes())
            starts.append(starts[-1] + len(sound))
        self._file.flush()
        self.starts = np.array(starts, dtype=np.int64)
        self.pictures, self.owners, self.places = torch.cat(pictures), torch.cat(owners), torch.cat(places)
        if starts[-1]:
            self._all = np.memmap(self._file, dtype=np.float16, mode="r", shape=(starts[-1],))

    def __getitem__(self, row: int) -> Tensor:
        """One sound, float32 ``(T,)``."""
        return torch.from_numpy(self._all[self.starts[row] : self.starts[row + 1]].astype(np.float32))

    def lengths(self) -> IntArray:
        """Samples of each, ``(N,)``; 0 where all is silence."""
        return np.diff(self.starts)

    def around(self, picked: Tensor, half: int) -> tuple[Tensor, Tensor]:
        """What surrounds some marks: float32 ``(P, 2 * half)``, zeros outside the sound; and what lies inside, bool."""
        owners = self.owners[picked].numpy()
        at = self.places[picked].numpy()[:, None] + np.arange(-half, half)
        inside = (at >= self.starts[owners][:, None]) & (at < self.starts[owners + 1][:, None])
        samples = self._all[np.where(inside, at, 0)].astype(np.float32)
        return torch.from_numpy(np.where(inside, samples, np.float32(0))), torch.from_numpy(inside)
