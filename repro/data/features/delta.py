"""Delta: how a spectrogram changes over time, beside it."""

import torch
from torch import Generator, Tensor
from torch.nn import functional

from repro.data.features.feature import Feature, FeatureError, need_spectrogram
from repro.spec.shape import Shape


class Delta(Feature):
    """The slope over time of each band, by a straight line through the frames around: ``sum n x[t + n] / sum n^2``.

    The first and the last frame stand for those beyond the ends.

    Args:
        as_: written ``as``: ``channel`` puts the slopes behind the channels, ``append`` behind the bands.
        win_length: frames of the line, an odd number.

    """

    def __init__(self, as_: str, win_length: int = 9) -> None:
        if as_ not in ("channel", "append"):
            raise FeatureError(f"Delta: as is {as_!r}; expected channel or append")
        if win_length < 3 or win_length % 2 == 0:
            raise FeatureError(f"Delta: win_length is {win_length}; expected an odd number, 3 or more")
        self._axis = 1 if as_ == "channel" else 2
        self._half = win_length // 2

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T -> 2C x F x T`` or ``C x 2F x T``."""
        need_spectrogram("Delta", shape)
        channels, bands, frames = shape.sizes
        return (
            Shape.of("C F T", 2 * channels, bands, frames)
            if self._axis == 1
            else Shape.of("C F T", channels, 2 * bands, frames)
        )

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T) -> (N, 2C, F, T)`` or ``(N, C, 2F, T)``."""
        half, frames = self._half, batch.shape[3]
        padded = functional.pad(batch.flatten(0, 1), (half, half), mode="replicate").view(*batch.shape[:3], -1)
        slope = torch.zeros_like(batch)
        for n in range(1, half + 1):
            slope += n * (padded[..., half + n : half + n + frames] - padded[..., half - n : half - n + frames])
        slope /= 2 * sum(n * n for n in range(1, half + 1))
        return torch.cat([batch, slope], self._axis)
