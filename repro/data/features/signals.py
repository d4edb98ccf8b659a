"""Signals: some items on their way through a chain, with what a plain tensor cannot say of them."""

from dataclasses import dataclass, replace

import torch
from torch import LongTensor, Tensor

MANY = 2**20
"""More than the segments that any feature cuts one row into."""


@dataclass(frozen=True, eq=False)
class Signals:
    """Rows ``(M, *sizes)``; every feature takes some and gives some.

    Args:
        values: float32, or complex64 between a complex spectrogram and ComplexAsChannels.
        lengths: where rows differ in length, that of each ``(M,)`` int64: ``values`` are then ``(M, C, Tmax)``, with
            zeros behind the end of each row. None where all fill their tensor.
        owners: once items were cut into segments, the item (its place in the batch) that each row belongs to, ``(M,)``
            int64 ascending, every item with one row at least. None while each row is an item.
        places: beside ``owners``, which of the item's segments each row is, ``(M,)`` int64: equal numbers are the same
            stretch of one item for all who cut it in the same way.

    """

    values: Tensor
    lengths: Tensor | None = None
    owners: Tensor | None = None
    places: Tensor | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def known_lengths(self) -> Tensor:
        """Length of each row, also where all are the same."""
        if self.lengths is not None:
            return self.lengths
        return torch.full((len(self),), self.values.shape[-1], dtype=torch.int64, device=self.values.device)

    def cut_into(self, segments: Tensor, counts: Tensor) -> "Signals":
        """Rows replaced by their segments.

        Args:
            segments: all of them in order, ``(sum of counts, *sizes)``.
            counts: how many each row was cut into, ``(M,)``, one at least.

        """
        rows = torch.repeat_interleave(torch.arange(len(self), device=counts.device), counts)
        first = counts.cumsum(0) - counts
        number = torch.arange(len(rows), device=counts.device) - first.index_select(0, rows)
        owners = rows if self.owners is None else self.owners.index_select(0, rows)
        places = number if self.places is None else self.places.index_select(0, rows) * MANY + number
        return Signals(segments, None, owners, places)

    def take(self, rows: Tensor) -> "Signals":
        """Some of the rows, in this order."""
        fields = (None if v is None else v.index_select(0, rows) for v in (self.lengths, self.owners, self.places))
        return Signals(self.values.index_select(0, rows), *fields)

    def of_items(self, items: Tensor) -> "Signals":
        """The rows of some items of the batch, these numbered anew from 0 on in the order of ``items``."""
        if self.owners is None:
            return self.take(items)
        counts = torch.bincount(self.owners, minlength=int(self.owners[-1]) + 1)
        first = (counts.cumsum(0) - counts).index_select(0, items)
        rows = stretches_of(first, counts.index_select(0, items))
        owners = torch.repeat_interleave(torch.arange(len(items)), counts.index_select(0, items))
        return replace(self.take(rows), owners=owners)


def stretches_of(first: Tensor, counts: Tensor) -> LongTensor:
    """``first[i], first[i] + 1, ...``, ``counts[i]`` numbers for each i, one after the other.

    >>> stretches_of(torch.tensor([7, 0]), torch.tensor([2, 3])).tolist()
    [7, 8, 0, 1, 2]
    """
    before = counts.cumsum(0) - counts
    shift = torch.repeat_interleave(first - before, counts)
    return torch.arange(len(shift), device=counts.device) + shift  # type: ignore[return-value]


def joined(parts: list[Signals], items: list[int]) -> Signals:
    """Batches of ``items[i]`` items each, one after the other; rows must be of one length."""
    values = torch.cat([part.values for part in parts])
    if all(part.owners is None for part in parts):
        return Signals(values)
    owners, places, before = [], [], 0
    for part, count in zip(parts, items, strict=True):
        assert part.owners is not None
        assert part.places is not None
        owners.append(part.owners + before)
        places.append(part.places)
        before += count
    return Signals(values, None, torch.cat(owners), torch.cat(places))
