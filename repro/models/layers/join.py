"""Concat and Add: several inputs become one."""

import torch
from torch import Tensor, nn


class Concat(nn.Module):
    """Inputs side by side along one axis.

    Args:
        dim: the axis, counting the batch axis as 0.

    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """In: tensors that differ on axis ``dim`` alone; out: one that is as long there as all together."""
        return torch.cat(inputs, self.dim)


class Add(nn.Module):
    """The sum of inputs of one shape."""

    def forward(self, *inputs: Tensor) -> Tensor:
        """In: tensors of one shape; out: the same shape."""
        return sum(inputs[1:], inputs[0])
