"""Crop: the same stretch of every clip."""

from dataclasses import replace

import torch
from torch import Generator

from repro.data.features.duration import Duration
from repro.data.features.feature import ClipFeature, FeatureError, need_signal
from repro.data.features.placed import placed
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class Crop(ClipFeature):
    """Keep ``seconds`` of each clip from ``start_seconds`` on. Every clip must be that long.

    Args:
        start_seconds: where the stretch begins, 0 or more.
        seconds: how long it is.

    """

    def __init__(self, start_seconds: float, seconds: float) -> None:
        words = ("start_seconds", "start_samples")
        self._begin = Duration("Crop", start_seconds, None, words, least=0)
        self._length = Duration("Crop", seconds, None)
        self._start = self._size = 0
        self._until = start_seconds + seconds

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._start, self._size = self._begin.at(rate), self._length.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x samples``."""
        need_signal("Crop", shape)
        if not shape.ragged:
            self._need(shape.size("T"))
        return Shape.of("C T", shape.size("C"), self._size)

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (M, C, samples)``; FeatureError for a clip that ends before."""
        lengths = signals.known_lengths
        self._need(int(lengths.min()))
        starts = torch.full_like(lengths, self._start)
        return replace(signals, values=placed(signals.values, starts, self._size), lengths=None)

    def _need(self, samples: int) -> None:
        if samples < self._start + self._size:
            raise FeatureError(
                f"Crop: a clip of {samples} samples ends before {self._until:g} s, sample {self._start + self._size}; "
                "put PadOrCrop before it"
            )
