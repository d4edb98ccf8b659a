"""Rearrange: turn and join axes."""

import einops
from torch import Tensor, nn


class Rearrange(nn.Module):
    """``einops.rearrange`` as a layer.

    Args:
        pattern: such as ``n c t -> n t c``.

    """

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self.pattern = self.course_view = pattern

    def forward(self, x: Tensor) -> Tensor:
        """Shapes as the pattern says."""
        return einops.rearrange(x, self.pattern)

    def extra_repr(self) -> str:
        """The pattern."""
        return repr(self.pattern)
