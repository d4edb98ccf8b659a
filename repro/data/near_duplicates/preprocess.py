"""A recording as it is compared: one channel, a common rate, trimmed, at unit power."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from repro.data.arrays import AnyArray

RATE = 8000
"""Hz. What lies above 4 kHz is what lossy codecs change first, and no two sounds differ in it alone."""

LOWEST = 60.0
"""Hz. Offsets, which padding turns into steps, and most of the mains' hum lie below."""

LONGEST_SECONDS = 240.0
"""Of a longer recording only the beginning is compared, 1.9 million samples: one transform takes a bounded memory."""

CANCELLED_DB = 20.0
"""Channels cancel each other where their mean is so much quieter than they are; 50 that differ come to 17."""

_BLOCK_SECONDS = 0.01
_QUIET = 1e-4  # of the loudest block's power: 40 dB below it
_SILENT = 1e-12  # power of a loudest block: 120 dB below full scale


def preprocess(samples: AnyArray, rate: int) -> Tensor:
    """The sound in a recording: float32 ``(T,)`` at :data:`RATE`, mean power 1; empty where all is silence.

    Channels are averaged, or the loudest is taken where they cancel each other; what lies below :data:`LOWEST` is
    taken off, silence at both ends (40 dB below the loudest hundredth of a second) is cut away.

    Args:
        samples: ``(C, T)``.
        rate: of the samples, Hz.

    """
    first = np.nan_to_num(np.asarray(samples[:, : int(LONGEST_SECONDS * rate)], dtype=np.float32))
    signal = first[np.square(first).sum(axis=1).argmax()] if channels_cancelled(first) else first.mean(axis=0)
    mono = torch.from_numpy(np.ascontiguousarray(signal))
    return _trim(resample(mono, rate, RATE, lowest=LOWEST)) if len(mono) else mono


def channels_cancelled(samples: AnyArray) -> bool:
    """Whether the channels of ``(C, T)`` cancel each other, offsets taken off: their mean is hardly anything.

    >>> tone = np.sin(np.arange(800.0))
    >>> [channels_cancelled(np.stack([tone, other])) for other in (-tone, 0.5 * tone)]
    [True, False]
    >>> channels_cancelled(np.zeros((2, 800)))
    False
    """
    if len(samples) < 2 or not samples.shape[1]:
        return False
    centred = samples - samples.mean(axis=1, keepdims=True, dtype=np.float64)
    loud = float(np.square(centred).mean())
    return loud > _SILENT and float(np.square(centred.mean(axis=0)).mean()) <= loud * 10 ** (-CANCELLED_DB / 10)


def resample(signal: Tensor, rate: int, new_rate: int, *, lowest: float = 0.0) -> Tensor:
    """A signal ``(T,)`` at another rate, by cutting or filling its spectrum: exact for what both rates can hold.

    Args:
        signal: at ``rate``.
        rate: its own, Hz.
        new_rate: Hz.
        lowest: what lies below, in Hz, is faded out.

    """
    common = math.gcd(rate, new_rate)
    up, down = new_rate // common, rate // common
    blocks = fast_size(-(-len(signal) // down) + 8)
    spectrum = torch.fft.rfft(signal, n=blocks * down)
    shared_bins = spectrum[: blocks * min(up, down) // 2 + 1]
    if lowest:
        hertz = torch.arange(len(shared_bins)) * (rate / (blocks * down))
        shared_bins = shared_bins * (0.5 - 0.5 * torch.cos(math.pi * (hertz / lowest).clamp(max=1)))
    resampled: Tensor = torch.fft.irfft(shared_bins, n=blocks * up)[: max(1, round(len(signal) * up / down))]
    return resampled * (up / down)


def fast_size(size: int) -> int:
    """The next size that has no prime factor above 7, for which a Fourier transform is quick.

    >>> fast_size(1025), fast_size(8192)
    (1029, 8192)
    """
    while True:
        left = size
        for prime in (2, 3, 5, 7):
            while left % prime == 0:
                left //= prime
        if left == 1:
            return size
        size += 1


def _trim(signal: Tensor) -> Tensor:
    block = int(_BLOCK_SECONDS * RATE)
    count = -(-len(signal) // block)
    power = pad(signal, (0, count * block - len(signal))).view(count, block).square().mean(1)
    if float(power.max()) <= _SILENT:
        return signal[:0]
    loud = (power >= _QUIET * power.max()).nonzero()[:, 0]
    sound = signal[int(loud[0]) * block : (int(loud[-1]) + 1) * block]
    return sound / sound.square().mean().sqrt()
