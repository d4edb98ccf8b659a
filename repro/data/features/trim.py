"""Trim: take the silence off both ends of a clip."""

from dataclasses import replace

import torch
from torch import Generator

from repro.data.features.duration import Duration
from repro.data.features.feature import ClipFeature, FeatureError, need_signal
from repro.data.features.placed import placed
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class Trim(ClipFeature):
    """Cut a clip to what lies between its first and last frame that is loud enough.

    A clip is looked at in frames that don't overlap; the level of one is its mean square over time and channels. Loud
    enough is what lies at most ``below_db`` under the clip's loudest frame. A clip of zeros stays as it is.

    Args:
        below_db: 0 or more; 60 hears quiet endings, 30 takes them off.
        frame_seconds: how long a frame is.

    """

    def __init__(self, below_db: float, frame_seconds: float = 0.01) -> None:
        if below_db < 0:
            raise FeatureError(f"Trim: below_db is {below_db}; expected 0 or more, decibels under the loudest frame")
        self._share = 10 ** (-below_db / 10)
        self._length = Duration("Trim", frame_seconds, None, ("frame_seconds", "frame_samples"))
        self._frame = 1

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._frame = self._length.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x any``."""
        need_signal("Trim", shape)
        return Shape.of("C T", shape.size("C"), 0)

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (M, C, shorter)``."""
        values, lengths = signals.values, signals.known_lengths
        frames = -(-values.shape[2] // self._frame)
        padded = torch.nn.functional.pad(values, (0, frames * self._frame - values.shape[2]))
        begins = torch.arange(frames, device=lengths.device) * self._frame
        filled = (lengths.unsqueeze(1) - begins).clamp(1, self._frame)
        level = padded.square().sum(1).view(-1, frames, self._frame).sum(2) / filled  # (M, frames)
        top = level.amax(1, keepdim=True)
        loud = (level >= top * self._share) & (level > 0)
        first = loud.int().argmax(1) * self._frame
        last = (frames - loud.flip(1).int().argmax(1)) * self._frame
        some = loud.any(1)
        starts = torch.where(some, first, 0)
        ends = torch.where(some, torch.minimum(last, lengths), lengths)
        new_lengths = ends - starts
        size = int(new_lengths.max())
        padding = torch.arange(size, device=new_lengths.device) >= new_lengths.unsqueeze(1)
        new_values = placed(values, starts, size).masked_fill(padding.unsqueeze(1), 0)
        return replace(signals, values=new_values, lengths=new_lengths)
