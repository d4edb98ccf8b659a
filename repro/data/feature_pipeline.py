"""Recordings, and items that are cut into segments: their features, computed a chunk at a time.

What stands before the first feature that learns from data is the same in every fold and for every seed. Of recordings
it is computed once, on all cores, into a file (:mod:`repro.data.resumable_cache`), unless there are few samples; what
comes behind is computed from there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import AnyArray, IntArray
from repro.data.audio.clip_chunks import ClipChunks
from repro.data.build_progress import BuildProgress, OnComputed
from repro.data.feature_array import FeatureArray
from repro.data.feature_key import cache_key
from repro.data.features.chain import Chain
from repro.data.features.feature import Feature
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.signals import Signals, joined
from repro.data.in_threads import cores, in_threads
from repro.data.items import Items
from repro.data.lazy_rows import materialize
from repro.data.memmap_cache import as_tensor
from repro.data.memory_limit import memory_limit_bytes
from repro.data.resumable_cache import cached_features
from repro.data.seeds import derive

CHUNK_ITEMS = 256
"""Items a chunk, where they are not recordings that have to be decoded."""

FEW_SAMPLES = 2**21
"""Recordings with so few samples together are decoded anew each time, which takes less than a second."""


class FeaturePipeline:
    """How some items come to their features.

    Args:
        items: where they come from.
        rows: the items wanted, ascending.
        fitted_on: names the data and rows that features were fitted on.
        folder: of the spec, for own code.
        on_computed: told how far it is.

    """

    def __init__(
        self, items: Items, rows: IntArray, *, fitted_on: str, folder: Path, on_computed: OnComputed | None = None
    ) -> None:
        self.items, self.rows = items, rows
        self._fitted_on, self._folder, self._on_computed = fitted_on, folder, on_computed
        self._first: FeatureArray | None = None
        self._first_length = -1

    def made(self, chain: Chain) -> FeatureArray:
        """All of it: in memory where it is small, else mapped from a file."""
        if self.items.clips is None:
            return self._kept(chain, lambda chunk: self._of_array(chain, chunk))
        learns = _learns_at(chain)
        first, rest = self._start(chain, learns), chain.after(learns)
        return self._kept(chain, lambda chunk: _behind(first, rest, chunk)) if rest.features else _small(first)

    def values(self, chain: Chain, rows: IntArray) -> Iterator[Tensor]:
        """The values of some of the rows after a chain, in chunks."""
        learns = _learns_at(chain)
        first, rest = (None, chain) if self.items.clips is None else (self._start(chain, learns), chain.after(learns))
        for chunk in _blocks(self.rows):
            positions = np.flatnonzero(np.isin(chunk, rows))
            if len(positions):
                chunk_rows = chunk if rest.random else chunk[positions]  # what is drawn is drawn for whole chunks
                signals = self._of_array(chain, chunk_rows) if first is None else _behind(first, rest, chunk_rows)
                yield signals.of_items(torch.from_numpy(positions)).values if rest.random else signals.values

    def _start(self, chain: Chain, position: int) -> FeatureArray:
        """The recordings of all rows after the first ``position`` features, made once."""
        if self._first is None or self._first_length != position:
            self._first, self._first_length = self._decoded(chain.upto(position)), position
        return self._first

    def _decoded(self, head: Chain) -> FeatureArray:
        clips = self.items.clips
        assert clips is not None
        work = ClipChunks(clips, head, self.rows, self.items.shape.ragged)
        chunks = work.chunks()
        one_thread = any(entry.own for entry in head.entries) or any(map(_draws_globally, head.features))
        threads = 1 if one_thread else cores()
        what = f"the features of {len(self.rows)} clips of {self.items.name}"
        if int((clips.frames * clips.channels)[self.rows].sum()) <= FEW_SAMPLES:
            with BuildProgress(what, len(self.rows), self._on_computed) as progress:
                parts = []
                for chunk, signals in zip(chunks, in_threads(work.compute, chunks, threads), strict=True):
                    parts.append(signals)
                    progress.add(len(chunk))
            return _in_memory(self.rows, parts, chunks)
        grown = cached_features(
            cache_key(self.items, head, self.rows, fitted_on="", folder=self._folder, threads=1),
            head.out_shape.sizes,
            chunks,
            lambda left: in_threads(work.compute, left, threads),
            what=what,
            on_computed=self._on_computed,
        )
        return FeatureArray(self.rows, as_tensor(grown.values), True, grown.owners, grown.places)

    def _kept(self, chain: Chain, compute: Callable[[IntArray], Signals]) -> FeatureArray:
        """What is computed block by block, in memory while it is small; else all of it in a file."""
        chunks, parts, held = _blocks(self.rows), [], 0
        limit = memory_limit_bytes() // 2
        for chunk in chunks:
            parts.append(compute(chunk))
            held += parts[-1].values.nbytes
            if held > limit:
                break
        else:
            return _in_memory(self.rows, parts, chunks)
        del parts
        grown = cached_features(
            cache_key(self.items, chain, self.rows, fitted_on=self._fitted_on, folder=self._folder),
            chain.out_shape.sizes,
            chunks,
            lambda left: map(compute, left),
            what=f"the features of {len(self.rows)} items of {self.items.name}",
            on_computed=self._on_computed,
        )
        return FeatureArray(self.rows, as_tensor(grown.values), True, grown.owners, grown.places)

    def _of_array(self, chain: Chain, chunk: IntArray) -> Signals:
        """Items that are stored as an array after the whole chain; random features draw for a whole block."""
        if not chain.random:
            return chain.on(Signals(as_float(self.items.array[chunk])))
        start = int(chunk[0]) // CHUNK_ITEMS * CHUNK_ITEMS
        block = self.items.array[start : start + CHUNK_ITEMS]
        return chain.on(Signals(as_float(block)), _generator(chain, start)).of_items(torch.from_numpy(chunk - start))


def as_float(values: AnyArray) -> Tensor:
    """Stored values as a new float32 tensor; uint8 ones are divided by 255."""
    if values.dtype == np.uint8:
        return torch.tensor(values).float().div_(255)
    return torch.tensor(np.asarray(values, dtype=np.float32))


def _behind(first: FeatureArray, chain: Chain, chunk: IntArray) -> Signals:
    """Some items of what was made, after further features."""
    values = materialize(first.part(chunk))
    counts, segments = first.counts(chunk), first.segments(chunk)
    owners = places = None
    if counts is not None and segments is not None:
        owners = torch.from_numpy(np.repeat(np.arange(len(chunk)), counts))
        places = torch.from_numpy(segments[1].copy())
    generator = _generator(chain, int(chunk[0]) // CHUNK_ITEMS * CHUNK_ITEMS) if chain.random else None
    return chain.on(Signals(values, None, owners, places), generator)


def _generator(chain: Chain, start: int) -> torch.Generator:
    seeds = [feature.seed if feature.seed is not None else -1 for feature in chain.features if feature.random]
    return torch.Generator().manual_seed(derive(0, "features", *seeds, start))


def _blocks(rows: IntArray) -> list[IntArray]:
    """The rows in blocks that end where ``CHUNK_ITEMS`` of the data set's items do."""
    ends = np.arange(CHUNK_ITEMS, int(rows[-1]) + 1, CHUNK_ITEMS) if len(rows) else np.zeros(0, dtype=np.int64)
    return [block for block in np.split(rows, np.searchsorted(rows, ends)) if len(block)]


def _learns_at(chain: Chain) -> int:
    """Position of the first feature that learns from data; behind the last where none does."""
    return next((at for at, feature in enumerate(chain.features) if feature.fitted), len(chain.features))


def _draws_globally(feature: Feature) -> bool:
    """Whether it draws from torch's own generators, which all threads share."""
    return isinstance(feature, ModuleFeature) and feature.random


def _in_memory(rows: IntArray, parts: list[Signals], chunks: Sequence[IntArray]) -> FeatureArray:
    signals = joined(parts, [len(chunk) for chunk in chunks])
    owners = None if signals.owners is None else signals.owners.numpy()
    return FeatureArray(rows, signals.values, False, owners, None if signals.places is None else signals.places.numpy())


def _small(array: FeatureArray) -> FeatureArray:
    """The array, in memory where that and as much again are below the limit."""
    if not array.large or 2 * array.values.nbytes > memory_limit_bytes():
        return array
    return replace(array, values=array.values.clone(), large=False)
