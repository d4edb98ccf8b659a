"""DropBins: a spectrogram without its lowest bins, or coefficients without the first."""

from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_spectrogram
from repro.spec.shape import Shape


class DropBins(Feature):
    """Leave out the first bins along F.

    Args:
        first: how many; 1 drops the loudness among MFCCs.

    """

    def __init__(self, first: int) -> None:
        self.first = first

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T -> C x (F - first) x T``."""
        need_spectrogram("DropBins", shape)
        if not 0 < self.first < shape.size("F"):
            raise FeatureError(f"DropBins: first is {self.first}; what comes in is {shape}")
        return Shape.of("C F T", shape.size("C"), shape.size("F") - self.first, shape.size("T"))

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T) -> (N, C, F - first, T)``."""
        return batch[:, :, self.first :]
