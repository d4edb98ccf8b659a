"""ComplexAsChannels: a complex spectrogram as real numbers."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, need_spectrogram
from repro.spec.shape import Shape


class ComplexAsChannels(Feature):
    """Real and imaginary part as two channels, one behind the other, for each channel of a complex spectrogram."""

    takes_complex = True

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T -> 2C x F x T``."""
        need_spectrogram("ComplexAsChannels", shape)
        return Shape.of("C F T", 2 * shape.size("C"), shape.size("F"), shape.size("T"))

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T)`` complex to ``(N, 2C, F, T)``."""
        return torch.stack([batch.real, batch.imag], 2).flatten(1, 2)
