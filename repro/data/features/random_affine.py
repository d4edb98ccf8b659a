"""RandomAffine: pictures turned, moved, scaled and sheared at random, a whole batch at once."""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

from repro.data.features.feature import Feature, FeatureError, interval, need_axes, need_generator
from repro.spec.shape import Shape


class RandomAffine(Feature):
    """Give each picture C x H x W, with probability ``p``, its own affine map about its centre.

    A point is sheared along the rows, scaled, turned and then moved; pixels are read bilinearly. What comes in from
    outside is the picture's smallest value (its background). Every number is drawn uniformly for each picture.

    Args:
        p: probability that a picture is changed at all.
        degrees: largest turn to either side, or the lowest and the highest turn.
        translate_pixels: largest move along x and along y, to either side; need not be whole.
        scale: factor of size, or the lowest and the highest.
        shear_degrees: largest angle of slant to either side, or the lowest and the highest.
        seed: needed under ``features``, where a map is drawn once an item; left out under ``augment``.

    """

    random = True

    def __init__(
        self,
        p: float = 1.0,
        degrees: float | tuple[float, float] = 0.0,
        translate_pixels: float = 0.0,
        scale: float | tuple[float, float] = (1.0, 1.0),
        shear_degrees: float | tuple[float, float] = 0.0,
        seed: int | None = None,
    ) -> None:
        if not 0 <= p <= 1:
            raise FeatureError(f"RandomAffine: p is {p}; expected 0 to 1")
        if translate_pixels < 0:
            raise FeatureError(f"RandomAffine: translate_pixels is {translate_pixels}; expected 0 or more")
        self.p = p
        self.degrees = _both_sides("degrees", degrees)
        self.translate_pixels = float(translate_pixels)
        self.scale = interval("RandomAffine", "scale", scale)
        self.shear_degrees = _both_sides("shear_degrees", shear_degrees)
        if self.scale[0] <= 0:
            raise FeatureError(f"RandomAffine: scale starts at {self.scale[0]}; expected more than 0")
        if not -90 < self.shear_degrees[0] <= self.shear_degrees[1] < 90:
            raise FeatureError("RandomAffine: shear_degrees must lie between -90 and 90")
        self.seed = seed

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need_axes("RandomAffine", shape, "C H W", "a picture")
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, H, W) -> (N, C, H, W)``."""
        generator = need_generator("RandomAffine", generator)
        draw = torch.rand((6, len(batch)), generator=generator, device=batch.device)
        turn = _between(draw[0], self.degrees) * (math.pi / 180)
        slant = (_between(draw[1], self.shear_degrees) * (math.pi / 180)).tan()
        size = _between(draw[2], self.scale)
        move_x = _between(draw[3], (-self.translate_pixels, self.translate_pixels))
        move_y = _between(draw[4], (-self.translate_pixels, self.translate_pixels))
        moved = _affine(batch, turn, slant, size, move_x, move_y)
        return torch.where((draw[5] < self.p).view(-1, 1, 1, 1), moved, batch)


def _affine(batch: Tensor, turn: Tensor, slant: Tensor, size: Tensor, move_x: Tensor, move_y: Tensor) -> Tensor:
    """Each picture under ``p -> turn * size * shear * p + move``, angles in radians, y pointing down."""
    height, width = batch.shape[2:]
    half_x, half_y = max(width - 1, 1) / 2, max(height - 1, 1) / 2
    cos, sin = turn.cos() / size, turn.sin() / size
    # grid_sample asks where each output pixel comes from, so the inverse: unmove, turn back, scale back, shear back
    first = torch.stack([cos + slant * sin, sin - slant * cos], 1)
    second = torch.stack([-sin, cos], 1)
    back = torch.stack([first, second], 1)  # (N, 2, 2), x before y
    shift = -(back @ torch.stack([move_x, move_y], 1).unsqueeze(2))  # (N, 2, 1), in pixels
    # to grid_sample's units, in which the centres of the outermost pixels lie at -1 and 1
    to_units = torch.stack([torch.full_like(turn, half_x), torch.full_like(turn, half_y)], 1)
    theta = torch.cat([back * to_units.unsqueeze(1), shift], 2) / to_units.unsqueeze(2)
    grid = functional.affine_grid(theta, list(batch.shape), align_corners=True)
    paper = batch.amin((1, 2, 3), keepdim=True)
    return functional.grid_sample(batch - paper, grid, padding_mode="zeros", align_corners=True) + paper


def _between(draw: Tensor, ends: tuple[float, float]) -> Tensor:
    return ends[0] + (ends[1] - ends[0]) * draw


def _both_sides(key: str, value: float | tuple[float, float]) -> tuple[float, float]:
    if isinstance(value, (tuple, list)):
        return interval("RandomAffine", key, value)
    return -abs(float(value)), abs(float(value))
