"""Convolutions with ``padding: same`` at any stride: ``ceil(size / stride)`` come out, the odd zero goes to the end.

The rule of TensorFlow and Keras. Where as many zeros go before as behind, torch pads inside its own kernel.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from repro.models.builders.windows import same_padding


def _pads(x: Tensor, conv: "nn.Conv1d | nn.Conv2d | nn.Conv3d") -> list[tuple[int, int]]:
    spans = [d * (k - 1) + 1 for k, d in zip(conv.kernel_size, conv.dilation, strict=True)]
    sizes = x.shape[-len(spans) :]
    return [same_padding(size, span, s) for size, span, s in zip(sizes, spans, conv.stride, strict=True)]


def _flat(pads: list[tuple[int, int]]) -> list[int]:
    return [p for pair in reversed(pads) for p in pair]  # F.pad counts from the last axis


def _forward(conv: "nn.Conv1d | nn.Conv2d | nn.Conv3d", x: Tensor) -> Tensor:
    """Shape: in ``(N, C, *sizes)``, out ``(N, C', *ceil(sizes / stride))``."""
    pads = _pads(x, conv)
    convolve = (F.conv1d, F.conv2d, F.conv3d)[len(pads) - 1]
    inside: tuple[int, ...]
    if conv.padding_mode == "zeros" and all(before == after for before, after in pads):
        inside = tuple(before for before, _ in pads)
    else:
        mode = "constant" if conv.padding_mode == "zeros" else conv.padding_mode
        x, inside = F.pad(x, _flat(pads), mode=mode), (0,) * len(pads)
    return convolve(x, conv.weight, conv.bias, conv.stride, inside, conv.dilation, conv.groups)


class SameConv1d(nn.Conv1d):
    """Conv1d whose output has ``ceil(T / stride)`` steps."""

    def forward(self, input: Tensor) -> Tensor:
        """In ``(N, C, T)``, out ``(N, C', ceil(T / stride))``."""
        return _forward(self, input)


class SameConv2d(nn.Conv2d):
    """Conv2d whose output has ``ceil(size / stride)`` on both axes."""

    def forward(self, input: Tensor) -> Tensor:
        """In ``(N, C, H, W)``, out ``(N, C', ceil(H / stride), ceil(W / stride))``."""
        return _forward(self, input)


class SameConv3d(nn.Conv3d):
    """Conv3d whose output has ``ceil(size / stride)`` on all three axes."""

    def forward(self, input: Tensor) -> Tensor:
        """In ``(N, C, D, H, W)``, out ``(N, C', ...)`` with ``ceil(size / stride)`` on each axis."""
        return _forward(self, input)
