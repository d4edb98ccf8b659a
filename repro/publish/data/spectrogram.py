"""The spectrogram of a short recording as it is drawn: mel bands by moments, in dB below its loudest point."""

import math
from pathlib import Path

import numpy as np
import torch

from repro.data.arrays import AnyArray
from repro.data.audio.decode import FloatArray
from repro.data.features.chain import build_chain
from repro.spec.part import Entry
from repro.spec.shape import Shape

BANDS = 64
FLOOR_DB = -80.0
"""dB below the loudest point; what is fainter is drawn as this."""

COLUMNS = 360
"""Most moments drawn; of a longer recording several fall together and their mean power counts."""

WINDOW_SECONDS = 0.032
_FINER = 4  # zeros that fill the window up, so that the lowest bands are not between two bins
_LEAST_COLUMNS = 180


def mel(hertz: float) -> float:
    """Where a frequency in Hz stands among the bands: on the mel scale that MelSpectrogram has by default (``htk``)."""
    return 2595 * math.log10(1 + hertz / 700)


def mel_spectrogram_db(samples: FloatArray, rate: float) -> AnyArray:
    """Mel bands by moments ``(64, M)``, lowest band first, from -80 to 0 dB; all -80 where there is no sound.

    It is the feature ``MelSpectrogram`` of a spec, with a window for the eye.

    Args:
        samples: one channel, ``(T,)``, T at least 1.
        rate: Hz.

    Raises:
        SpecError: torchaudio does not import here.

    """
    window = 2 ** max(4, round(np.log2(WINDOW_SECONDS * rate)))
    hop = max(1, min(window // 4, len(samples) // _LEAST_COLUMNS))
    sizes = {"n_fft": _FINER * window, "win_length": window, "hop_length": hop, "n_mels": BANDS}
    entry = Entry(name="MelSpectrogram", args={**sizes, "pad_mode": "constant"})
    chain = build_chain([entry], Shape.of("C T", 1, len(samples)), rate=rate, folder=Path())
    power = chain(torch.tensor(np.asarray(samples, dtype=np.float32))[None, None])[0, 0].double().numpy()
    if power.shape[1] > COLUMNS:
        edges = np.linspace(0, power.shape[1], COLUMNS + 1).astype(int)
        power = np.add.reduceat(power, edges[:-1], axis=1) / np.diff(edges)
    if power.max() <= 0:
        return np.full(power.shape, FLOOR_DB)
    return np.asarray(np.maximum(FLOOR_DB, 10 * np.log10(np.maximum(power / power.max(), 1e-30))))
