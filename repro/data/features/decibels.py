"""Decibels: a spectrogram on a logarithmic scale, beside its own loudest value or beside a fixed one."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_spectrogram
from repro.spec.shape import Shape

LEAST = 1e-5
"""The smallest magnitude that is told from silence."""


class Decibels(Feature):
    """``20 log10(magnitude / reference)``, cut off ``floor_db`` under the item's loudest value.

    Args:
        relative_to: ``max``, the item's own loudest value, which becomes 0 dB; or a number, the magnitude (or power)
            that becomes 0 dB.
        floor_db: nothing lies further under the item's loudest value; ``none`` for no floor.
        of: what comes in, ``magnitude`` (Spectrogram: {power: 1}) or ``power``, whose logarithm is taken 10 times.

    """

    def __init__(self, relative_to: float | str = "max", floor_db: float | None = 80.0, of: str = "magnitude") -> None:
        if relative_to != "max" and (isinstance(relative_to, str) or relative_to <= 0):
            raise FeatureError(f"Decibels: relative_to is {relative_to!r}; expected max or a number above 0")
        if floor_db is not None and floor_db <= 0:
            raise FeatureError(f"Decibels: floor_db is {floor_db}; expected more than 0, decibels under the loudest")
        if of not in ("magnitude", "power"):
            raise FeatureError(f"Decibels: of is {of!r}; expected magnitude or power")
        self._reference = None if isinstance(relative_to, str) else float(relative_to)
        self._floor = floor_db
        self._times, self._least = (20.0, LEAST) if of == "magnitude" else (10.0, LEAST**2)

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need_spectrogram("Decibels", shape)
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T) -> (N, C, F, T)``."""
        level = self._times * batch.clamp(min=self._least).log10()
        top = level.amax((1, 2, 3), keepdim=True)
        if self._floor is not None:
            level = torch.maximum(level, top - self._floor)
        if self._reference is None:
            return level - top
        return level - self._times * torch.tensor(max(self._reference, self._least)).log10().to(level)
