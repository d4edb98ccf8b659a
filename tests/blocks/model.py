"""A layer that takes two tensors."""

from torch import nn


class Both(nn.Module):
    """Two signals, flattened, each through its own map, added."""

    def __init__(self, in_shape, hidden):
        super().__init__()
        self.maps = nn.ModuleList(nn.Linear(channels * steps, hidden) for channels, steps in in_shape)

    def forward(self, one, other):
        return self.maps[0](one.flatten(1)) + self.maps[1](other.flatten(1))
