"""Reduce: take axes away."""

from typing import ClassVar

import einops
from torch import Tensor, nn


class Reduce(nn.Module):
    """``einops.reduce`` as a layer.

    Args:
        pattern: such as ``n c t -> n c``.
        by: one of ``WAYS``.

    """

    WAYS: ClassVar = ("max", "mean", "sum", "min")

    def __init__(self, pattern: str, by: str = "mean") -> None:
        super().__init__()
        self.pattern = pattern
        self.by = by
        self.course_view = f"{by} of {pattern}"

    def forward(self, x: Tensor) -> Tensor:
        """Shapes as the pattern says."""
        return einops.reduce(x, self.pattern, self.by)

    def extra_repr(self) -> str:
        """Pattern and way."""
        return f"{self.pattern!r}, by={self.by!r}"
