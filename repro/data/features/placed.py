"""Placed: each signal laid down at a place of its own in a row of a given length."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import AnyArray


def placed(values: Tensor, starts: Tensor, size: int) -> Tensor:
    """``size`` samples of each signal from its own start on; zeros before its first and behind its last sample.

    Args:
        values: ``(M, C, T)``, with zeros behind the end of each signal.
        starts: where to begin in each, ``(M,)`` int64; below 0 as many zeros come first.
        size: how many samples.

    """
    if values.device.type == "cpu" and len(values) * size > 2**14:  # few long rows: copying beats looking up
        return torch.from_numpy(_copied(values.numpy(), starts.tolist(), size))
    at = starts.unsqueeze(1) + torch.arange(size, device=values.device)  # (M, size)
    inside = (at >= 0) & (at < values.shape[2])
    index = at.clamp(0, values.shape[2] - 1).unsqueeze(1).expand(-1, values.shape[1], -1)
    return values.gather(2, index) * inside.unsqueeze(1)


def _copied(values: AnyArray, starts: Sequence[int], size: int) -> AnyArray:
    """Row by row; numpy takes a twentieth of the time that torch takes for one small copy."""
    out = np.zeros((len(values), values.shape[1], size), dtype=values.dtype)
    for row, start in enumerate(starts):
        first, end = max(start, 0), min(start + size, values.shape[2])
        if end > first:
            out[row, :, first - start : end - start] = values[row, :, first:end]
    return out
