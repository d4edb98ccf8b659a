"""TimeShift: earlier or later, at random."""

import torch
from torch import Generator, Tensor

from repro.data.features.duration import Duration
from repro.data.features.feature import Feature, FeatureError, need_generator
from repro.data.features.placed import placed
from repro.spec.shape import Shape


class TimeShift(Feature):
    """Move each item along T by a whole number of steps, drawn evenly; zeros come in, or what left at the other end.

    Args:
        seconds: the furthest move to either side.
        samples: the same in steps of T: samples of a signal, frames of a spectrogram.
        around: whether what leaves at one end comes in at the other.

    """

    random = True

    def __init__(self, seconds: float | None = None, samples: int | None = None, around: bool = False) -> None:
        self._most = Duration("TimeShift", seconds, samples)
        self._in_seconds = seconds is not None
        self._around = around
        self._steps = 0

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._steps = self._most.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        if shape.axes[-1:] != ("T",):
            raise FeatureError(f"TimeShift needs an axis T; what comes in is {shape}")
        if self._in_seconds and shape.axes != ("C", "T"):
            raise FeatureError(f"TimeShift: seconds are for a signal; what comes in is {shape}; write samples (frames)")
        if self._steps >= shape.size("T"):
            raise FeatureError(f"TimeShift: {self._steps} steps would move {shape} out of sight")
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        generator, most = need_generator("TimeShift", generator), self._steps
        moves = torch.randint(-most, most + 1, (len(batch),), generator=generator, device=batch.device)
        rows = batch.flatten(1, -2)  # (N, all but T, T)
        if self._around:
            at = (torch.arange(rows.shape[2], device=batch.device) - moves.unsqueeze(1)) % rows.shape[2]
            return rows.gather(2, at.unsqueeze(1).expand_as(rows)).view(batch.shape)
        return placed(rows, -moves, rows.shape[2]).view(batch.shape)
