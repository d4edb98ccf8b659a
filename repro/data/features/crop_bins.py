"""CropBins: the lower left corner of a spectrogram."""

from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_spectrogram
from repro.spec.shape import Shape


class CropBins(Feature):
    """Keep the first bins and the first frames: the highest frequencies and the last frames go.

    Args:
        bins: how many frequency bins stay; all by default.
        frames: how many frames stay; all by default.

    """

    def __init__(self, bins: int | None = None, frames: int | None = None) -> None:
        if bins is None and frames is None:
            raise FeatureError("CropBins needs bins, frames or both")
        self.bins = bins
        self.frames = frames

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T -> C x bins x frames``."""
        need_spectrogram("CropBins", shape)
        bins, frames = self.bins or shape.size("F"), self.frames or shape.size("T")
        if not (1 <= bins <= shape.size("F") and 1 <= frames <= shape.size("T")):
            raise FeatureError(f"CropBins: {bins} bins and {frames} frames don't fit into {shape}")
        return Shape.of("C F T", shape.size("C"), bins, frames)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T) -> (N, C, bins, frames)``."""
        return batch[:, :, : self.bins, : self.frames]
