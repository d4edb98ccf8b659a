"""RandomCrop: another stretch of each item at every step; in evaluation the middle."""

import torch
from torch import Generator, Tensor

from repro.data.features.duration import Duration
from repro.data.features.feature import Feature, FeatureError, need_generator, need_signal
from repro.data.features.placed import placed
from repro.spec.shape import Shape


class RandomCrop(Feature):
    """Keep ``seconds`` of each signal, from a place drawn evenly. Where nothing is augmented the middle is kept.

    Args:
        seconds: how much is kept, at most as long as what comes in.

    """

    random = True
    settles = True

    def __init__(self, seconds: float) -> None:
        self._length = Duration("RandomCrop", seconds, None)
        self._size = self._spare = 0

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._size = self._length.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x samples``."""
        need_signal("RandomCrop", shape)
        self._spare = shape.size("T") - self._size
        if self._spare < 0:
            raise FeatureError(f"RandomCrop: {self._size} samples don't fit into {shape}; put PadOrCrop under features")
        return Shape.of("C T", shape.size("C"), self._size)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, T) -> (N, C, samples)``."""
        generator = need_generator("RandomCrop", generator)
        starts = torch.randint(0, self._spare + 1, (len(batch),), generator=generator, device=batch.device)
        return placed(batch, starts, self._size)

    def settled(self, batch: Tensor) -> Tensor:
        """The middle, ``(N, C, T) -> (N, C, samples)``."""
        start = self._spare // 2
        return batch[:, :, start : start + self._size]
