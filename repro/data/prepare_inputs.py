"""Features made once: computed in chunks into one tensor, or into a file where that is too large; parts share it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import IntArray
from repro.data.build_progress import OnComputed
from repro.data.feature_array import FeatureArray
from repro.data.feature_key import cache_key
from repro.data.feature_pipeline import FeaturePipeline, as_float
from repro.data.features.chain import Chain
from repro.data.items import Items
from repro.data.memmap_cache import as_tensor, cached_memmap
from repro.data.memory_limit import memory_limit_bytes
from repro.data.seeds import derive
from repro.spec.experiment import Experiment
from repro.spec.problem import Problem, SpecError

CHUNK_ITEMS = 1024
"""Items a chunk. Random features are drawn for whole chunks of the data set, so a draw depends on the item alone."""


def make_inputs(
    items: Items, chain: Chain, rows: IntArray, *, fitted_on: str, folder: Path, on_computed: OnComputed | None = None
) -> FeatureArray:
    """Compute a chain, whose features are fitted, for some items.

    It is done in memory where the values, and as many again for parts that have to be copied, stay below
    :func:`repro.data.memory_limit.memory_limit_bytes`. Larger ones are computed into a map file; without features
    nothing is computed and the items' own array is used as it is, be it a memory map of own code. All three give the
    same values. Recordings, and items that are cut into segments, are made by :mod:`repro.data.feature_pipeline`.

    Args:
        items: where the values come from; uint8 pictures become float32 in 0 .. 1 first.
        chain: the features.
        rows: the items wanted, ascending.
        fitted_on: names the data and rows that the chain was fitted on.
        folder: of the spec, for own code.
        on_computed: told how far the features of recordings are.

    Raises:
        DataError: a map file is wanted and cannot be written, or a recording cannot be decoded.

    """
    if items.clips is not None or chain.cuts:
        pipeline = FeaturePipeline(items, rows, fitted_on=fitted_on, folder=folder, on_computed=on_computed)
        return pipeline.made(chain)
    if 2 * 4 * len(rows) * chain.out_shape.numel > memory_limit_bytes():
        return _large(items, chain, rows, fitted_on, folder)
    out = torch.empty((len(rows), *chain.out_shape.sizes), dtype=torch.float32)
    done = 0
    for chunk in _computed(items, chain, rows):
        out[done : done + len(chunk)] = chunk
        done += len(chunk)
    return FeatureArray(rows, out)


def _large(items: Items, chain: Chain, rows: IntArray, fitted_on: str, folder: Path) -> FeatureArray:
    values = items.array
    if not chain.features and values.dtype in (np.float32, np.uint8) and min(values.strides) >= 0:
        return FeatureArray(np.arange(len(items), dtype=np.int64), as_tensor(values), large=True)
    array = cached_memmap(
        cache_key(items, chain, rows, fitted_on=fitted_on, folder=folder),
        (len(rows), *chain.out_shape.sizes),
        lambda: _computed(items, chain, rows),
        what=f"the features of {len(rows)} items of {items.name}",
    )
    return FeatureArray(rows, as_tensor(array), large=True)


def fit_chain(
    items: Items,
    chain: Chain,
    train: IntArray,
    rows: IntArray | None = None,
    *,
    folder: Path | None = None,
    on_computed: OnComputed | None = None,
) -> list[str]:
    """Fit each feature that learns, in order, on the training items as they come out of the features before it.

    Items that were cut are seen as their segments. Of recordings what stands before the first feature that learns is
    computed for all ``rows`` at once, so that it need not be computed again.

    Returns the names of those features.
    """
    names = []
    pipeline = None
    if items.clips is not None or chain.cuts:
        pipeline = FeaturePipeline(
            items, train if rows is None else rows, fitted_on="", folder=folder or Path(), on_computed=on_computed
        )
    for position, feature in enumerate(chain.features):
        if feature.fitted:
            before = chain.upto(position)
            feature.fit(_computed(items, before, train) if pipeline is None else pipeline.values(before, train))
            names.append(type(feature).__name__)
    return names


def _computed(items: Items, chain: Chain, rows: IntArray) -> Iterator[Tensor]:
    if chain.random:
        yield from _random(items, chain, rows)
        return
    for start in range(0, len(rows), CHUNK_ITEMS):
        yield chain(as_float(items.array[rows[start : start + CHUNK_ITEMS]]))


def _random(items: Items, chain: Chain, rows: IntArray) -> Iterator[Tensor]:
    seeds = [f.seed for f in chain.features if f.random]
    for start in range(0, len(items), CHUNK_ITEMS):
        end = min(start + CHUNK_ITEMS, len(items))
        positions = rows[(rows >= start) & (rows < end)] - start
        if len(positions):
            seed = derive(0, "features", *(s if s is not None else -1 for s in seeds), start)
            chunk = chain(as_float(items.array[start:end]), torch.Generator().manual_seed(seed))
            yield chunk.index_select(0, torch.tensor(positions))


def need_same_segments(inputs: Mapping[str, FeatureArray], experiment: Experiment, rows: IntArray) -> None:
    """SpecError unless all inputs were cut in the same way: one row of each belongs to the same stretch of an item."""
    named_segments = [(name, array.segments(rows)) for name, array in inputs.items()]
    for name, segments in named_segments[1:]:
        first, other = named_segments[0]
        if (segments is None) == (other is None) and (
            segments is None or other is None or all(map(np.array_equal, segments, other))
        ):
            continue
        entries = experiment.inputs[name].cached or experiment.inputs[first].cached
        cutting = next((e for e in reversed(entries) if e.name in ("Windows", "Frames", "DropSilent")), entries[-1])
        text = (
            f"{name} and {first} are cut into segments in different ways, and a model that reads both needs the same "
            "segments of each item; cut once, in a list that both begin with"
        )
        raise SpecError([Problem(cutting.place, f"features.{name}.{cutting.short}", text)])
