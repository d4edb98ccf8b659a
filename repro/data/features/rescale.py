"""Rescale: another range of values."""

from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError


class Rescale(Feature):
    """Map the values 0 .. 1, in which a picture comes, linearly to ``low`` .. ``high``.

    Args:
        low: what 0 becomes.
        high: what 1 becomes.

    """

    def __init__(self, low: float, high: float) -> None:
        if low == high:
            raise FeatureError(f"Rescale: low and high are both {low}, so that every value would be the same")
        self.low = low
        self.high = high

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        return batch * (self.high - self.low) + self.low
