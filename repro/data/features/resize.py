"""Resize: a picture with more or fewer pixels."""

from torch import Generator, Tensor
from torch.nn import functional

from repro.data.features.feature import Feature, FeatureError, need_axes
from repro.spec.shape import Shape


class Resize(Feature):
    """Bilinear interpolation of a picture C x H x W to another size.

    Made smaller, a picture is smoothed first, as Pillow does, so that thin strokes don't vanish.

    Args:
        height: new height in pixels.
        width: new width in pixels.

    """

    def __init__(self, height: int, width: int) -> None:
        if height < 1 or width < 1:
            raise FeatureError(f"Resize: height is {height} and width is {width}; expected 1 or more")
        self.height = height
        self.width = width

    def shape(self, shape: Shape) -> Shape:
        """``C x H x W -> C x height x width``."""
        need_axes("Resize", shape, "C H W", "a picture")
        return Shape.of("C H W", shape.size("C"), self.height, self.width)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, H, W) -> (N, C, height, width)``."""
        size = (self.height, self.width)
        return functional.interpolate(batch, size, mode="bilinear", align_corners=False, antialias=True)
