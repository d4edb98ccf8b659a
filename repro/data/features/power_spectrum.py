"""The power of a spectrum as the sum of two squares, where torchaudio takes a root first and squares it again."""

from typing import Any

import torch
from torch import Tensor, nn


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
        parts = torch.view_as_real(self.spectrogram(signals)).square_()
        return parts[..., 0] + parts[..., 1]


def with_power_spectrum(transform: nn.Module) -> nn.Module:
    """The transform of torchaudio's with each power spectrogram in it, or itself, done as :class:`PowerSpectrum`."""
    from torchaudio.transforms import Spectrogram

    if isinstance(transform, Spectrogram):
        return PowerSpectrum(transform) if transform.power == 2 else transform
    for name, inner in transform.named_children():
        setattr(transform, name, with_power_spectrum(inner))
    return transform
