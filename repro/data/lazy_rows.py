"""Rows: some items of an array that is too large to be copied, read batch by batch."""

from typing import Any

import torch
from torch import Tensor

MOVED_BYTES = 2**26
"""How much is read at once when everything is wanted."""


class LazyRows:
    """What a float32 tensor ``(N, *sizes)`` of these items would be, with none of it in memory.

    It has the few methods of a tensor that batches are cut with; each gives new float32 tensors. On the CPU.

    Args:
        array: ``(M, *sizes)``, float32, or uint8 whose values are divided by 255 when they are read. A view of a
            memory map, or anything else that is not to be copied.
        at: positions in ``array``, int64 ``(N,)``; None: all of it, in its order.

    """

    def __init__(self, array: Tensor, at: Tensor | None = None) -> None:
        self._array = array
        self._at = at
        self.shape = torch.Size((len(array) if at is None else len(at), *array.shape[1:]))
        self.dtype = torch.float32
        self.device = torch.device("cpu")

    def __len__(self) -> int:
        return int(self.shape[0])

    def index_select(self, dim: int, at: Tensor) -> Tensor:
        """The items at these positions, ``(len(at), *sizes)``. ``dim`` is 0, as for a tensor."""
        if dim != 0:
            raise ValueError(f"rows are picked along dimension 0, not {dim}")
        picked = self._array.index_select(0, at if self._at is None else self._at.index_select(0, at))
        return picked.float().div_(255) if picked.dtype == torch.uint8 else picked

    def to(self, device: torch.device | str, **_: Any) -> Tensor:
        """All items as one tensor on a device. Only a stretch of them is in this process's memory at a time."""
        out = torch.empty(self.shape, dtype=self.dtype, device=device)
        items = max(1, MOVED_BYTES // max(1, self.element_size() * self.numel() // max(1, len(self))))
        for start in range(0, len(self), items):
            end = min(start + items, len(self))
            out[start:end] = self.index_select(0, torch.arange(start, end))
        return out

    def numel(self) -> int:
        """Number of values."""
        return self.shape.numel()

    def element_size(self) -> int:
        """Bytes of one value."""
        return 4


Values = Tensor | LazyRows
"""A part's items: in memory, or read from a file when they are wanted."""


def materialize(values: Values) -> Tensor:
    """All of it in memory."""
    return values.to("cpu") if isinstance(values, LazyRows) else values
