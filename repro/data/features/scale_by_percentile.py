"""ScaleByPercentile: signals of one loudness, whatever a few samples do."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_signal
from repro.spec.shape import Shape


class ScaleByPercentile(Feature):
    """Divide each item by a percentile of its own samples (linear interpolation), and a little more.

    The percentile is that of the samples with their signs, not of their sizes.

    Args:
        percentile: 0 to 100.
        plus: added to the percentile, so that silence is not divided by 0.

    """

    def __init__(self, percentile: float, plus: float = 0.0) -> None:
        if not 0 <= percentile <= 100:
            raise FeatureError(f"ScaleByPercentile: percentile is {percentile}; expected 0 to 100")
        self._share = percentile / 100
        self._plus = plus

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need_signal("ScaleByPercentile", shape)
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, T) -> (N, C, T)``."""
        ordered = batch.flatten(1).sort(1).values
        at = self._share * (ordered.shape[1] - 1)
        low = int(at)
        high = min(low + 1, ordered.shape[1] - 1)
        scale = torch.lerp(ordered[:, low], ordered[:, high], at - low) + self._plus
        return batch / torch.where(scale == 0, 1, scale).view(-1, 1, 1)
