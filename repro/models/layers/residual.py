"""Residual: what comes in is added to what the layers make of it."""

from torch import Tensor, nn


class Residual(nn.Module):
    """``layers(x) + shortcut(x)``.

    Args:
        layers: the main path.
        shortcut: the other path; None hands x on as it is.

    """

    def __init__(self, layers: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.layers = layers
        self.shortcut = nn.Identity() if shortcut is None else shortcut
        self._plain = shortcut is None
        other = "what came in" if shortcut is None else "the shortcut's outcome"
        self.course_view = f"adds {other} to what its layers make of it"

    def forward(self, x: Tensor) -> Tensor:
        """In and out: any shape on which both paths agree."""
        added: Tensor = (x if self._plain else self.shortcut(x)) + self.layers(x)
        return added
