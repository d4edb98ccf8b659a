"""Pooling with ``padding: same`` at any stride: ``ceil(size / stride)`` come out, the odd one goes to the end.

TensorFlow's rule: padding never wins a maximum and never enters a mean.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from repro.models.builders.windows import Window, same_padding


class SamePool(nn.Module):
    """Pads, then pools.

    Args:
        pool: a torch.nn pooling module without padding of its own.
        window: its kernel, stride and dilation on each axis, with ``padding`` None.

    Shape:
        in ``(N, C, *sizes)``, out ``(N, C, *ceil(sizes / stride))``.

    """

    def __init__(self, pool: nn.Module, window: Window) -> None:
        super().__init__()
        self.pool = pool
        self.window = window
        self.is_max = isinstance(pool, nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d)
        self.is_mean = isinstance(pool, nn.AvgPool1d | nn.AvgPool2d | nn.AvgPool3d)

    def forward(self, x: Tensor) -> Tensor:
        """In ``(N, C, *sizes)``, out ``(N, C, *ceil(sizes / stride))``."""
        window = self.window
        sizes = x.shape[-len(window.kernel) :]
        each = zip(sizes, window.span, window.stride, strict=True)
        pads = [p for pair in reversed([same_padding(size, span, s) for size, span, s in each]) for p in pair]
        if not any(pads):
            return self._pool(x)
        pooled = self._pool(F.pad(x, pads, value=-torch.inf if self.is_max else 0.0))
        if not self.is_mean:
            return pooled
        ones = torch.ones((1, 1, *sizes), dtype=x.dtype, device=x.device)
        return pooled / self._pool(F.pad(ones, pads))  # the share of each window that is no padding

    def _pool(self, x: Tensor) -> Tensor:
        pooled: Tensor = self.pool(x)
        return pooled
