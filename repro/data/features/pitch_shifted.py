"""PitchShifted: torchaudio's PitchShift where its way back to the old rate would take gigabytes."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from repro.data.features.windowed_sinc import MOST_WEIGHTS, WindowedSinc, weights_of
from repro.data.torchaudio_import import torchaudio_part


class PitchShifted(nn.Module):
    """Stretches ``(*, T)`` with a phase vocoder and resamples it to the length it had, as torchaudio does.

    A shift by a few steps resamples between rates that hardly ever have a common divisor.

    Args:
        made: ``torchaudio.transforms.PitchShift``, which has made no kernel yet.

    """

    window: Tensor

    def __init__(self, transform: Any) -> None:
        super().__init__()
        self.register_buffer("window", transform.window)
        self._fft = {"n_fft": transform.n_fft, "hop_length": transform.hop_length, "win_length": transform.win_length}
        self._faster = 2.0 ** (-float(transform.n_steps) / transform.bins_per_octave)
        self._resample = WindowedSinc(transform.orig_freq, transform.sample_rate)

    def forward(self, waveform: Tensor) -> Tensor:
        """``(*, T)`` to the same shape."""
        rows = waveform.reshape(-1, waveform.shape[-1])
        spectrum = torch.stft(rows, **self._fft, window=self.window, return_complex=True)  # (rows, F, frames)
        turns = torch.linspace(0, math.pi * self._fft["hop_length"], spectrum.shape[1], device=rows.device).unsqueeze(1)
        length = round(rows.shape[1] / self._faster)
        slow = torchaudio_part("functional").phase_vocoder(spectrum, self._faster, turns)
        shifted = self._resample(torch.istft(slow, **self._fft, window=self.window, length=length))[:, : rows.shape[1]]
        return nn.functional.pad(shifted, (0, rows.shape[1] - shifted.shape[1])).view(waveform.shape)


def bounded(module: nn.Module) -> nn.Module:
    """The module itself, unless it is a PitchShift with a kernel that is too large."""
    old, new = getattr(module, "orig_freq", None), getattr(module, "sample_rate", None)
    if type(module).__name__ != "PitchShift" or not old or not new or weights_of(int(old), int(new)) <= MOST_WEIGHTS:
        return module
    return PitchShifted(module)
