"""Of pairs of marks, those around which the waveforms agree as well: few are left to be laid over each other whole."""

import torch
from torch import Tensor

from repro.data.near_duplicates.landmarks import HOP
from repro.data.near_duplicates.sound_store import SoundStore

HALF = 512
"""Samples on either side of a mark, 64 ms: what the picture of the mark shows too."""

SLACK = 2 * HOP
"""Samples by which a mark of a copy may lie off: two frames, 16 ms."""

LIKE = 0.8
"""Least correlation there. It is below that of the decision, for what is compared is short and may hold an end."""

_BLOCK = 256  # pairs at once


def prefilter(sounds: SoundStore, first: Tensor, second: Tensor) -> Tensor:
    """Which of the pairs of marks agree, bool ``(P,)``. Correlations are taken at whole and half samples."""
    agreed = [torch.zeros(0, dtype=torch.bool)]
    size = 4 * HALF
    for start in range(0, len(first), _BLOCK):
        first_signals, first_inside = sounds.around(first[start : start + _BLOCK], HALF)
        second_signals, second_inside = sounds.around(second[start : start + _BLOCK], HALF)
        # beyond the end of one nothing can be compared
        first_signals, second_signals = first_signals * second_inside, second_signals * first_inside
        cross = torch.fft.rfft(first_signals, n=size) * torch.fft.rfft(second_signals, n=size).conj()
        at_halves = 2 * torch.fft.irfft(cross, n=2 * size)  # twice as long: a value between any two as well
        near = torch.cat([at_halves[:, : 2 * SLACK + 1], at_halves[:, -2 * SLACK :]], 1)
        power = (first_signals.square().sum(1) * second_signals.square().sum(1)).sqrt().clamp(min=1e-30)
        agreed.append(near.abs().amax(1) >= LIKE * power)
    return torch.cat(agreed)
