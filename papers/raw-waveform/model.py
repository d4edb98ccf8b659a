"""What M34-res needs and torch has no layer for."""

import torch.nn.functional as F
from torch import Tensor, nn


class PadChannels(nn.Module):
    """A shortcut without weights: the channels that a block adds are zeros, C x T -> ``channels`` x T."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        """``(N, C, T) -> (N, channels, T)``."""
        return F.pad(x, (0, 0, 0, self.channels - x.shape[1]))
