"""ShufflePositions: take the order out of a signal or picture, and nothing else."""

import torch
from torch import Generator, Tensor

from repro.data.arrays import permutation
from repro.data.features.feature import Feature
from repro.spec.shape import Shape


class ShufflePositions(Feature):
    """One fixed permutation of the positions, the same for all items, train and test alike.

    Positions are the steps of time when the shape has T, else all axes but the channel (the pixels of a picture,
    the columns of a table row). Channels, and the F of a spectrogram, stay together.

    Args:
        seed: which permutation; it depends on the seed and the number of positions only.

    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._orders: dict[tuple[int, torch.device], Tensor] = {}
        self._axes: tuple[str, ...] = ()

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        self._axes = shape.axes
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        if "T" in self._axes:
            axis = 1 + self._axes.index("T")
            return batch.index_select(axis, self._order(batch.shape[axis], batch.device))
        first = 1 + ("C" in self._axes)
        flat = batch.flatten(first)  # (N, C, H, W) -> (N, C, H*W)
        return flat.index_select(first, self._order(flat.shape[first], batch.device)).reshape(batch.shape)

    def _order(self, count: int, device: torch.device) -> Tensor:
        key = (count, device)
        if key not in self._orders:
            assert self.seed is not None
            self._orders[key] = torch.tensor(permutation(count, self.seed).tolist(), device=device)
        return self._orders[key]
