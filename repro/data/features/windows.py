"""Windows: a clip cut into stretches of one length, each a row of its own."""

import torch
from torch import Generator
from torch.nn import functional

from repro.data.features.duration import Duration
from repro.data.features.feature import ClipFeature, need_signal
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class Windows(ClipFeature):
    """Cut each clip into windows that begin every ``hop_seconds``.

    Those that fit in whole are kept; what is left behind the last is not. A clip shorter than one window gives one,
    filled with zeros.

    Args:
        seconds: length of a window.
        hop_seconds: from one start to the next; the window's length by default, so that none overlap.

    """

    cuts = True

    def __init__(self, seconds: float, hop_seconds: float | None = None) -> None:
        self._length = Duration("Windows", seconds, None)
        words = ("hop_seconds", "hop_samples")
        self._step = Duration("Windows", seconds if hop_seconds is None else hop_seconds, None, words)
        self._size = self._hop = 1

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._size, self._hop = self._length.at(rate), self._step.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x samples of a window``."""
        need_signal("Windows", shape)
        return Shape.of("C T", shape.size("C"), self._size)

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (windows of all, C, samples)``."""
        counts = (signals.known_lengths - self._size).div(self._hop, rounding_mode="floor").clamp(min=0) + 1
        values = functional.pad(signals.values, (0, max(0, self._size - signals.values.shape[2])))
        most = int(counts.max())
        windows = values.unfold(2, self._size, self._hop)[:, :, :most].transpose(1, 2)  # (M, windows, C, samples)
        if bool((counts == most).all()):
            return signals.cut_into(windows.flatten(0, 1), counts)
        return signals.cut_into(windows[torch.arange(most, device=counts.device) < counts.unsqueeze(1)], counts)
