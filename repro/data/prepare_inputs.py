"""Features made once: computed in chunks into one tensor, which all parts share."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from repro.data.features.chain import Chain
from repro.data.items import Items
from repro.data.permutation import AnyArray, IntArray
from repro.data.seeds import derive

CHUNK_ITEMS = 1024
"""Items a chunk. Random features are drawn for whole chunks of the data set, so a draw depends on the item alone."""


@dataclass(frozen=True, eq=False)
class Made:
    """The values of ``rows`` (ascending), ``(len(rows), *sizes)``."""

    rows: IntArray
    values: Tensor

    def part(self, rows: IntArray) -> Tensor:
        """The values of some of the rows: a view where they lie side by side, else a copy."""
        at = np.searchsorted(self.rows, rows)
        if len(at) and at[-1] - at[0] == len(at) - 1:
            return self.values[int(at[0]) : int(at[-1]) + 1]
        return self.values.index_select(0, torch.tensor(at))


def make_inputs(items: Items, chain: Chain, rows: IntArray) -> Made:
    """Compute a chain, whose features are fitted, for some items.

    Args:
        items: where the values come from; uint8 pictures become float32 in 0 .. 1 first.
        chain: the features.
        rows: the items wanted, ascending.

    """
    out = torch.empty((len(rows), *chain.out_shape.sizes), dtype=torch.float32)
    done = 0
    for chunk in _computed(items, chain, rows):
        out[done : done + len(chunk)] = chunk
        done += len(chunk)
    return Made(rows, out)


def fit_chain(items: Items, chain: Chain, train: IntArray) -> list[str]:
    """Fit each feature that learns, in order, on the training items as they come out of the features before it.

    Returns the names of those features.
    """
    names = []
    for position, feature in enumerate(chain.features):
        if feature.fitted:
            feature.fit(_computed(items, chain.upto(position), train))
            names.append(type(feature).__name__)
    return names


def _computed(items: Items, chain: Chain, rows: IntArray) -> Iterator[Tensor]:
    if chain.random:
        yield from _random(items, chain, rows)
        return
    for start in range(0, len(rows), CHUNK_ITEMS):
        yield chain(as_float(items.values[rows[start : start + CHUNK_ITEMS]]))


def _random(items: Items, chain: Chain, rows: IntArray) -> Iterator[Tensor]:
    seeds = [f.seed for f in chain.features if f.random]
    for start in range(0, len(items), CHUNK_ITEMS):
        end = min(start + CHUNK_ITEMS, len(items))
        wanted = rows[(rows >= start) & (rows < end)] - start
        if len(wanted):
            seed = derive(0, "features", *(s if s is not None else -1 for s in seeds), start)
            made = chain(as_float(items.values[start:end]), torch.Generator().manual_seed(seed))
            yield made.index_select(0, torch.tensor(wanted))


def as_float(values: AnyArray) -> Tensor:
    """Stored values as a new float32 tensor; uint8 ones are divided by 255."""
    if values.dtype == np.uint8:
        return torch.tensor(values).float().div_(255)
    return torch.tensor(np.asarray(values, dtype=np.float32))
