"""Clips through a chain, a chunk at a time: what is cut together, decoded together and computed together."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from repro.data.arrays import IntArray
from repro.data.audio.clips import Clips
from repro.data.data_error import DataError
from repro.data.features.chain import Chain, Kind
from repro.data.features.feature import FeatureError
from repro.data.features.signals import Signals, joined
from repro.data.seeds import derive

CHUNK_CLIPS = 128
CHUNK_SAMPLES = 2**22
"""A chunk ends with so many clips, or with so many samples of all channels: 16 MB."""

BATCH_SAMPLES = 2**17
"""A batch of a chunk: clips of about one length with so many samples together, or one clip. 512 kB stays in cache."""


@dataclass(frozen=True, eq=False)
class ClipChunks:
    """The work of computing ``rows`` of ``clips``. Where chunks and batches end depends on the clips, and on which of
    them are wanted; random features are drawn for whole chunks, so that a draw depends on the clips alone.
    """

    clips: Clips
    chain: Chain
    rows: IntArray
    ragged: bool

    def chunks(self) -> list[IntArray]:
        """The wanted rows of each chunk that has some."""
        ends = _ends(self.clips)
        parts = np.split(self.rows, np.searchsorted(self.rows, ends[:-1]))
        return [part for part in parts if len(part)]

    def compute(self, chunk_rows: IntArray) -> Signals:
        """A chunk's rows after the chain.

        Raises:
            DataError: a clip cannot be decoded, or is one that a feature cannot work on.

        """
        rows = chunk_rows
        start = 0
        if self.chain.random:
            ends = _ends(self.clips)
            number = int(np.searchsorted(ends, chunk_rows[0], side="right"))
            start = int(ends[number - 1]) if number else 0
            rows = np.arange(start, ends[number], dtype=np.int64)
        seeds = [feature.seed if feature.seed is not None else -1 for feature in self.chain.features if feature.random]
        outputs, order = [], []
        for number, (kind, batch) in enumerate(_batches(self.clips, rows)):
            generator = None
            if self.chain.random:
                generator = torch.Generator().manual_seed(derive(0, "features", *seeds, start, number))
            try:
                outputs.append(self.chain.on(self._read(batch), generator, kind))
            except FeatureError as error:
                raise DataError(f"{self.clips.path(int(batch[0]))} or a clip of its length: {error}") from error
            order.append(batch)
        if all(part.owners is None for part in outputs):
            return _in_place(outputs, order, chunk_rows)
        computed = np.concatenate(order)
        place = np.argsort(computed)
        positions = place[np.searchsorted(computed[place], chunk_rows)]
        return joined(outputs, [len(batch) for batch in order]).of_items(torch.from_numpy(positions))

    def _read(self, batch: IntArray) -> Signals:
        """Decoded clips of one kind, zeros behind the end of each."""
        frames = self.clips.frames[batch]
        channels = int(self.clips.channels[batch[0]])
        values = np.zeros((len(batch), channels, int(frames.max())), dtype=np.float32)
        for at, row in enumerate(batch.tolist()):
            samples = self.clips.read(row)
            values[at, :, : samples.shape[1]] = samples
        return Signals(torch.from_numpy(values), torch.from_numpy(frames.astype(np.int64)) if self.ragged else None)


def _in_place(outputs: list[Signals], order: list[IntArray], rows: IntArray) -> Signals:
    """The wanted clips of some batches, each copied once, to where it belongs."""
    out = outputs[0].values.new_empty((len(rows), *outputs[0].values.shape[1:]))
    for part, batch in zip(outputs, order, strict=True):
        place = np.searchsorted(rows, batch)
        inside = rows[np.minimum(place, len(rows) - 1)] == batch
        values = part.values if inside.all() else part.values[torch.from_numpy(inside)]
        out.index_copy_(0, torch.from_numpy(place[inside]), values)
    return Signals(out)


def _ends(clips: Clips) -> IntArray:
    """One past the last clip of each chunk, over all clips."""
    sizes = clips.frames * clips.channels
    ends, count, samples = [], 0, 0
    for row, size in enumerate(sizes.tolist()):
        if count and (count == CHUNK_CLIPS or samples + size > CHUNK_SAMPLES):
            ends.append(row)
            count = samples = 0
        count, samples = count + 1, samples + size
    return np.array([*ends, len(clips)], dtype=np.int64)


def _batches(clips: Clips, rows: IntArray) -> Iterator[tuple[Kind, IntArray]]:
    """The rows in batches of one kind, short clips first."""
    kinds = np.stack([clips.rates[rows], clips.channels[rows]], 1)
    for rate, channels in np.unique(kinds, axis=0).tolist():
        of_kind = rows[(kinds == (rate, channels)).all(1)]
        of_kind = of_kind[np.argsort(clips.frames[of_kind], kind="stable")]
        batch: list[int] = []
        for row in of_kind.tolist():
            if batch and (len(batch) + 1) * int(clips.frames[row]) * channels > BATCH_SAMPLES:
                yield (rate, channels), np.array(batch)
                batch = []
            batch.append(row)
        yield (rate, channels), np.array(batch)
