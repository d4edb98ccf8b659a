"""The power of a spectrum as the sum of two squares, where torchaudio takes a root first and squares it again."""

from typing import Any

import torch
from torch import Tensor, nn

from repro.data.torchaudio_import import torchaudio_part

CACHED_VALUES = 2**18
"""So many complex values, 2 MB, are worked on at a time."""


class PowerSpectrum(nn.Module):
    """``|STFT|^2`` of signals, as ``torchaudio.transforms.Spectrogram`` with power 2 gives it, but for the last bit.

    The magnitude that is left out there costs as much as the transform itself.

    Args:
        spectrogram: torchaudio's, with power 2. It is changed, and used from here only.

    """

    def __init__(self, spectrogram: Any) -> None:
        super().__init__()
        spectrogram.power = None
        self.spectrogram = spectrogram

    def forward(self, signals: Tensor) -> Tensor:
        """``(..., T) -> (..., F, frames)``."""
        rows = signals.reshape(-1, signals.shape[-1])
        spectra = self._in_cache(rows) if signals.device.type == "cpu" and len(rows) > 1 else self._whole(rows)
        return spectra.reshape(*signals.shape[:-1], *spectra.shape[1:])

    def _whole(self, rows: Tensor) -> Tensor:
        squares = self._squares(rows)
        return squares[..., 0] + squares[..., 1]

    def _in_cache(self, rows: Tensor) -> Tensor:
        """The same, a few rows at a time: what one needs on the way stays in the processor's cache."""
        of_a_row = (self.spectrogram.n_fft // 2 + 1) * (rows.shape[1] // self.spectrogram.hop_length + 1)
        count = max(1, CACHED_VALUES // of_a_row)
        out: Tensor | None = None
        for start in range(0, len(rows), count):
            squares = self._squares(rows[start : start + count])
            if out is None:
                out = squares.new_empty((len(rows), squares.shape[2], squares.shape[1])).mT  # as the whole would lie
            torch.add(squares[..., 0], squares[..., 1], out=out[start : start + count])
        assert out is not None
        return out

    def _squares(self, rows: Tensor) -> Tensor:
        """``(rows, F, frames, 2)``."""
        return torch.view_as_real(self.spectrogram(rows)).square_()


def with_power_spectrum(transform: nn.Module) -> nn.Module:
    """The transform of torchaudio's with each power spectrogram in it, or itself, done as :class:`PowerSpectrum`."""
    if isinstance(transform, torchaudio_part("transforms").Spectrogram):
        return PowerSpectrum(transform) if transform.power == 2 else transform
    for name, inner in transform.named_children():
        setattr(transform, name, with_power_spectrum(inner))
    return transform
