"""Resampled: torchaudio's Resample on clips of any length."""

from dataclasses import replace
from math import gcd
from typing import Any

import torch
from torch import Generator, Tensor

from repro.data.features.feature import FeatureError, need_signal
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class Resampled(ModuleFeature):
    """Clips at another rate, each ``ceil(samples * new / old)`` long. A clip at the new rate stays as it is.

    A batch is resampled at once: behind the end of a clip stand zeros, which is what torchaudio puts there too.

    Args:
        transform: torchaudio's, made for these rates.
        old: rate of what comes in, Hz.
        new: rate of what comes out, Hz.

    """

    ragged = True

    def __init__(self, transform: Any, old: int, new: int) -> None:
        if old < 1 or new < 1:
            raise FeatureError(f"Resample: from {old} to {new} Hz; expected more than 0")
        super().__init__("Resample", transform)
        self._old, self._new = old // gcd(old, new), new // gcd(old, new)
        self._rate = float(new)

    def rate(self, rate: float | None) -> float | None:
        """The new one."""
        return self._rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x ceil(T * new / old)``."""
        need_signal("Resample", shape)
        return Shape.of("C T", shape.size("C"), -(-shape.size("T") * self._new // self._old))

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, T) -> (N, C, ceil(T * new / old))``."""
        if self._old == self._new:
            return batch
        out = super().__call__(batch)
        size = -(-batch.shape[2] * self._new // self._old)
        return out[:, :, :size] if out.shape[2] >= size else torch.nn.functional.pad(out, (0, size - out.shape[2]))

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (M, C, longer or shorter)``."""
        values = self(signals.values)
        if signals.lengths is None:
            return replace(signals, values=values)
        lengths = -(-signals.lengths * self._new // self._old)
        if values is not signals.values:  # else what came in, with its zeros
            padding = torch.arange(values.shape[2], device=values.device) >= lengths.unsqueeze(1)
            values.masked_fill_(padding.unsqueeze(1), 0)
        return replace(signals, values=values, lengths=lengths)
