"""Gain: louder or quieter, at random."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, interval, need_generator


class Gain(Feature):
    """Multiply each item by a factor drawn evenly in decibels.

    Args:
        db: the lowest and the highest gain; one number stands for both.

    """

    random = True

    def __init__(self, db: float | tuple[float, float]) -> None:
        self.low_db, self.high_db = interval("Gain", "db", db)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        one_each = (len(batch), *(1,) * (batch.dim() - 1))
        share = torch.rand(one_each, generator=need_generator("Gain", generator), device=batch.device)
        return batch * 10 ** ((self.low_db + (self.high_db - self.low_db) * share) / 20)
