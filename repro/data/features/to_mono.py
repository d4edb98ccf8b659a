"""ToMono: one channel from several."""

from dataclasses import replace

from torch import Generator

from repro.data.features.feature import ClipFeature, need_signal
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class ToMono(ClipFeature):
    """The mean of all channels. A signal of one channel stays as it is."""

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> 1 x T``."""
        need_signal("ToMono", shape)
        return Shape.of("C T", 1, shape.size("T"))

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (M, 1, T)``."""
        if signals.values.shape[1] == 1:
            return signals
        return replace(signals, values=signals.values.mean(1, keepdim=True))
