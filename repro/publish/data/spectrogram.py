"""The spectrogram of a short recording as it is drawn: mel bands by moments, in dB below its loudest point."""

import math

import numpy as np
import torch

from repro.data.audio.decode import FloatArray
from repro.data.permutation import AnyArray

BANDS = 64
FLOOR_DB = -80.0
"""dB below the loudest point; what is fainter is drawn as this."""

COLUMNS = 360
"""Most moments drawn; of a longer recording several fall together and their mean power counts."""

WINDOW_SECONDS = 0.032
_FINER = 4  # zeros that fill the window up, so that the lowest bands are not between two bins
_LEAST_COLUMNS = 180


def mel(hertz: float) -> float:
    """A frequency in Hz on the mel scale (O'Shaughnessy's formula, torchaudio's ``htk``)."""
    return 2595 * math.log10(1 + hertz / 700)


def mel_bands(bins: int, rate: float, bands: int = BANDS) -> AnyArray:
    """Triangles ``(bands, bins)`` that overlap by half, spread evenly in mel from 0 to half the rate, at most 1."""
    ends = 700 * (10 ** (np.linspace(0, mel(rate / 2), bands + 2) / 2595) - 1)
    at = np.linspace(0, rate / 2, bins)
    up = (at - ends[:-2, None]) / np.diff(ends)[:-1, None]
    down = (ends[2:, None] - at) / np.diff(ends)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(up, down)))


def mel_spectrogram_db(samples: FloatArray, rate: float) -> AnyArray:
    """Mel bands by moments ``(64, M)``, lowest band first, from -80 to 0 dB; all -80 where there is no sound.

    Args:
        samples: one channel, ``(T,)``, T at least 1.
        rate: Hz.

    """
    window = 2 ** max(4, round(np.log2(WINDOW_SECONDS * rate)))
    hop = max(1, min(window // 4, len(samples) // _LEAST_COLUMNS))
    spectrum = torch.stft(
        torch.from_numpy(np.ascontiguousarray(samples, dtype=np.float32)),
        n_fft=_FINER * window,
        hop_length=hop,
        win_length=window,
        window=torch.hann_window(window),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    power = spectrum.abs().square().numpy().astype(np.float64)
    if power.shape[1] > COLUMNS:
        edges = np.linspace(0, power.shape[1], COLUMNS + 1).astype(int)
        power = np.add.reduceat(power, edges[:-1], axis=1) / np.diff(edges)
    banded = mel_bands(len(power), rate) @ power
    if banded.max() <= 0:
        return np.full(banded.shape, FLOOR_DB)
    return np.asarray(np.maximum(FLOOR_DB, 10 * np.log10(np.maximum(banded / banded.max(), 1e-30))))
