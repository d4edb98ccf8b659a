"""LastStep: what a sequence ends with."""

from torch import Tensor, nn


class LastStep(nn.Module):
    """The last step of a sequence.

    Of a bidirectional layer that is the forward state that has read everything, and the backward state that has read
    one step.
    """

    course_view = "the last step alone"

    def forward(self, x: Tensor) -> Tensor:
        """In ``(N, T, F)``, out ``(N, F)``."""
        return x[:, -1]
