"""Marks: moments of a sound that stand out, and what it looks like there. A copy has them in the same places."""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv1d, max_pool1d, normalize, pad

from repro.data.near_duplicates.preprocess import RATE

WINDOW = 256
"""Samples of a frame, 32 ms."""

HOP = 64
"""Samples from one frame to the next, 8 ms."""

HALF = 8
"""Frames of the picture on either side of its mark, 64 ms."""

NEAR = 8
"""Frames on either side, 64 ms, among which a mark stands out. It depends on these alone, so it outlives a cut."""

BANDS = 32
"""Of a picture, evenly spaced in mel from 60 to 3,600 Hz."""

_SLOW, _WIDE = 8, 16  # cosines kept, along time (without the mean: a filter changes nothing) and along the bands
SIZE = _SLOW * _WIDE
"""Numbers in a picture."""

_FAINT = 1e-3  # of the loudest frame's power, 30 dB below it: what is fainter has no marks
_FLOOR = 1e-3  # of a picture's loudest point: what is fainter counts as so much, whatever a codec does there


def find_landmarks(sound: Tensor, near: int = NEAR) -> tuple[Tensor, Tensor]:
    """Marks of a sound, in order: their sample numbers, int64 ``(K,)``, and pictures, float32 ``(K, SIZE)`` of norm 1.

    A mark is where the sound is louder or quieter, or rises or falls faster, than anywhere near.
    A picture holds the logarithms of the powers in :data:`BANDS` bands over 17 frames, each band's mean taken off, as
    the lowest cosines of its rows and columns. What lies beyond an end of the sound counts as silence.

    Args:
        sound: ``(T,)`` as :func:`repro.data.near_duplicates.preprocess.preprocess` gives it.
        near: frames.

    """
    around = HALF * HOP + WINDOW // 2
    if not len(sound):
        return torch.zeros(0, dtype=torch.int64), torch.zeros(0, SIZE)
    frames = torch.stft(pad(sound, (around, around)), WINDOW, HOP, window=_window(), center=False, return_complex=True)
    power = _bands() @ frames.real.square().add_(frames.imag.square())
    level = _smooth(power.sum(0))
    at = (_standing_out(level, near) & (level > _FAINT * level.max())).nonzero()[:, 0]
    at = at[(at >= HALF) & (at < power.shape[1] - HALF)]
    picture = power[:, at[:, None] + torch.arange(-HALF, HALF + 1)].permute(1, 0, 2)
    floor = picture.amax((1, 2), keepdim=True) * _FLOOR
    logs = torch.maximum(picture, floor).clamp_(min=1e-30).log_()
    slow, wide = _cosines(2 * HALF + 1, _SLOW + 1)[1:], _cosines(BANDS, _WIDE)
    coefficients = torch.einsum("st,kbt,wb->ksw", slow, logs, wide).flatten(1)
    return (at - HALF) * HOP, normalize(coefficients, dim=1)


def _standing_out(level: Tensor, near: int) -> Tensor:
    """Which frames ``(T,)`` are marks; of several alike that stand side by side the first."""
    logs = (level + _FLOOR * level.max() / 10).log()
    rise = torch.zeros_like(level)
    rise[2:-2] = logs[4:] - logs[:-4]
    marks = torch.zeros_like(level, dtype=torch.bool)
    for value in (logs, -logs, rise, -rise):
        highest = value == max_pool1d(value[None], 2 * near + 1, 1, near)[0]
        before = max_pool1d(pad(highest.float(), (near, 0))[None], near, 1)[0][:-1] > 0
        marks |= highest & ~before
    return marks


def _smooth(level: Tensor) -> Tensor:
    taps = torch.hann_window(9, periodic=False)[1:-1]
    return conv1d(level[None, None], (taps / taps.sum())[None, None], padding=len(taps) // 2)[0, 0]


@cache
def _window() -> Tensor:
    return torch.hann_window(WINDOW)


@cache
def _bands() -> Tensor:
    """Triangles from 60 to 3,600 Hz, evenly spaced in mel: ``(BANDS, WINDOW // 2 + 1)``."""
    hertz = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    low_mel, high_mel = (2595 * math.log10(1 + f / 700) for f in (60, 3600))
    ends = 700 * (10 ** (np.linspace(low_mel, high_mel, BANDS + 2) / 2595) - 1)
    filters = np.zeros((BANDS, len(hertz)), dtype=np.float32)
    for band, (low, middle, high) in enumerate(zip(ends, ends[1:], ends[2:], strict=False)):
        filters[band] = np.clip(np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)), 0, None)
        filters[band, np.abs(hertz - middle).argmin()] = 1
    return torch.from_numpy(filters)


@cache
def _cosines(size: int, count: int) -> Tensor:
    at = (np.arange(size) + 0.5) * np.pi / size
    basis = np.stack([np.cos(at * k) for k in range(count)]) / math.sqrt(size / 2)
    return torch.from_numpy(basis.astype(np.float32))
