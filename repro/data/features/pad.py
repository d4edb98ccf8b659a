"""Pad: a border around a picture."""

from torch import Generator, Tensor
from torch.nn import functional

from repro.data.features.feature import Feature, FeatureError, need_axes
from repro.spec.shape import Shape


class Pad(Feature):
    """Add ``pixels`` rows and columns of ``value`` on each of the four sides of a picture C x H x W.

    Args:
        pixels: width of the border.
        value: what the border is filled with.

    """

    def __init__(self, pixels: int, value: float = 0.0) -> None:
        if pixels < 0:
            raise FeatureError(f"Pad: pixels is {pixels}; expected 0 or more")
        self.pixels = pixels
        self.value = value

    def shape(self, shape: Shape) -> Shape:
        """``C x H x W -> C x (H + 2 pixels) x (W + 2 pixels)``."""
        need_axes("Pad", shape, "C H W", "a picture")
        channels, height, width = shape.sizes
        return Shape.of("C H W", channels, height + 2 * self.pixels, width + 2 * self.pixels)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, H, W) -> (N, C, H + 2 pixels, W + 2 pixels)``."""
        return functional.pad(batch, (self.pixels,) * 4, value=self.value)
