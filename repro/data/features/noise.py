"""Noise: white noise at a given distance below the signal."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, interval, need_generator


class Noise(Feature):
    """Add white Gaussian noise to each item.

    The noise's power is the item's own power (mean square) less ``snr_db`` decibels. An item of zeros stays as it is.

    Args:
        snr_db: signal-to-noise ratio in dB, or the lowest and the highest: then drawn uniformly for each item.
        seed: needed under ``features``, where noise is drawn once an item; left out under ``augment``.

    """

    random = True

    def __init__(self, snr_db: float | tuple[float, float], seed: int | None = None) -> None:
        self.low_db, self.high_db = interval("Noise", "snr_db", snr_db)
        self.seed = seed

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        generator = need_generator("Noise", generator)
        one_each = (len(batch), *(1,) * (batch.dim() - 1))
        share = torch.rand(one_each, generator=generator, device=batch.device)
        snr_db = self.low_db + (self.high_db - self.low_db) * share
        power = batch.square().mean(tuple(range(1, batch.dim())), keepdim=True)
        noise = torch.randn(batch.shape, generator=generator, device=batch.device)
        return batch + noise * (power * 10 ** (-snr_db / 10)).sqrt()
