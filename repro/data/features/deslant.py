"""Deslant: shear a written character until it stands upright."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, need_axes
from repro.spec.shape import Shape


class Deslant(Feature):
    """Shear each picture C x H x W along its rows so that its principal axis stands upright.

    The slant is the ratio of second moments of the ink around its centre, ``mu_xy / mu_yy``; each row is shifted by
    slant times its distance from the centre's row, with linear interpolation (the deslanting of LeCun et al. 1998,
    Sec. III, in its moment-based form). Ink is a value's distance from the picture's smallest one, which also fills
    what comes in from outside. A picture without ink, or with ink in one row only, stays as it is.
    """

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need_axes("Deslant", shape, "C H W", "a picture")
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, H, W) -> (N, C, H, W)``."""
        height, width = batch.shape[2:]
        paper = batch.amin((1, 2, 3), keepdim=True)
        ink = batch - paper
        mass = ink.sum(1)  # (N, H, W)
        y = torch.arange(height, device=batch.device, dtype=batch.dtype).view(1, height, 1)
        x = torch.arange(width, device=batch.device, dtype=batch.dtype).view(1, 1, width)
        total = mass.sum((1, 2), keepdim=True).clamp_min(torch.finfo(batch.dtype).tiny)
        dy = y - (mass * y).sum((1, 2), keepdim=True) / total  # (N, H, 1)
        dx = x - (mass * x).sum((1, 2), keepdim=True) / total  # (N, 1, W)
        spread = (mass * dy * dy).sum((1, 2), keepdim=True)
        slant = torch.where(spread > 0, (mass * dx * dy).sum((1, 2), keepdim=True) / spread, 0)  # (N, 1, 1)

        source = x + slant * dy  # (N, H, W): the column that each output pixel is read from
        left = source.floor()
        share = (source - left).unsqueeze(1)
        columns = left.long()
        near = self._read(ink, columns, width)
        far = self._read(ink, columns + 1, width)
        return near * (1 - share) + far * share + paper

    @staticmethod
    def _read(ink: Tensor, columns: Tensor, width: int) -> Tensor:
        inside = ((columns >= 0) & (columns < width)).unsqueeze(1)
        index = columns.clamp(0, width - 1).unsqueeze(1).expand(-1, ink.shape[1], -1, -1)
        return ink.gather(3, index) * inside
