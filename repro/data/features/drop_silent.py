"""DropSilent: leave out the segments in which nothing is heard."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class DropSilent(Feature):
    """Keep the segments of a clip whose level is at least ``below_db``; where none is, the loudest of them.

    The level of a segment of a signal is its mean square in decibels of full scale; that of a spectrogram, which must
    be in decibels already, the mean of its first channel (behind it may stand deltas).

    Args:
        below_db: the level under which a segment is silent, such as -60.

    """

    cuts = True
    of_segments = True

    def __init__(self, below_db: float) -> None:
        self.below_db = below_db
        self._signal = True

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        if shape.axes not in (("C", "T"), ("C", "F", "T")):
            raise FeatureError(f"DropSilent needs segments of a signal or a spectrogram; what comes in is {shape}")
        self._signal = shape.axes == ("C", "T")
        return shape

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, *sizes) -> (fewer, *sizes)``."""
        assert signals.owners is not None
        owners, level = signals.owners, self.level(signals.values)
        heard = level >= self.below_db
        items = int(owners[-1]) + 1
        any_heard = torch.zeros(items, dtype=torch.bool, device=level.device).index_put((owners[heard],), heard[heard])
        order = torch.argsort(level, descending=True, stable=True)
        order = order[torch.argsort(owners[order], stable=True)]  # each item's rows, loudest first
        firsts = torch.ones_like(owners, dtype=torch.bool)
        firsts[1:] = owners[1:] != owners[:-1]  # owners ascend, so order[firsts] is each item's loudest row
        loudest = torch.zeros_like(heard).index_fill(0, order[firsts], True)
        mask = heard | (loudest & ~any_heard.index_select(0, owners))
        return signals.take(mask.nonzero()[:, 0])

    def level(self, segments: Tensor) -> Tensor:
        """The level of each segment in decibels, ``(M,)``."""
        if self._signal:
            return 10 * segments.square().mean((1, 2)).clamp(min=1e-20).log10()
        return segments[:, 0].mean((1, 2))

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """Never: without knowing whose segments they are none can be dropped."""
        raise FeatureError("DropSilent drops segments of clips; it works inside a chain only")
