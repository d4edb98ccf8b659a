"""Standardize: mean 0 and standard deviation 1, by statistics of the training items or of each item alone."""

from collections.abc import Iterable
from typing import Literal, get_args

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError
from repro.spec.shape import Shape

Per = Literal["item", "feature", "channel", "band", "all"]


class Standardize(Feature):
    """Subtract a mean and divide by a standard deviation (of the population, ddof 0; 1 where it is 0).

    Args:
        per: what has its own mean and deviation: ``item`` (each item by itself, nothing is learnt), ``feature``
            (each position of an item), ``channel`` (each C), ``band`` (each F) or ``all`` (one for everything). All
            but ``item`` are learnt from the training items only, and used for all parts.

    """

    def __init__(self, per: Per = "feature") -> None:
        if per not in get_args(Per):
            raise FeatureError(f"Standardize: per is {per!r}; expected one of {', '.join(get_args(Per))}")
        self.per = per
        self.fitted = per != "item"  # type: ignore[misc]  # it depends on the argument
        self._axes: tuple[str, ...] = ()
        self._mean: Tensor | None = None
        self._deviation: Tensor | None = None
        self._moved: dict[torch.device, tuple[Tensor, Tensor]] = {}

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need = {"channel": "C", "band": "F"}.get(self.per)
        if need and need not in shape.axes:
            raise FeatureError(f"Standardize: per {self.per} needs an axis {need}; what comes in is {shape}")
        self._axes = shape.axes
        return shape

    def fit(self, chunks: Iterable[Tensor]) -> None:
        """Learn means and deviations in float64, chunk by chunk (the pairwise update of Chan et al. 1983)."""
        over = self._reduced()
        count = 0
        mean = square = torch.zeros((), dtype=torch.float64)
        for chunk in chunks:
            values = chunk.double()
            n = values.numel() // max(1, values.mean(over).numel())
            here = values.mean(over, keepdim=True)
            step = here - mean
            square = (
                square + (values - here).square().sum(over, keepdim=True) + step.square() * (count * n / (count + n))
            )
            mean = mean + step * (n / (count + n))
            count += n
        if not count:
            raise FeatureError("Standardize: there are no training items to learn from")
        deviation = (square / count).sqrt()
        self._mean = mean.float()
        self._deviation = torch.where(deviation > 0, deviation, 1).float()
        self._moved = {}

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *sizes)``."""
        if self.per == "item":
            over = tuple(range(1, batch.dim()))
            deviation = batch.std(over, correction=0, keepdim=True)
            return (batch - batch.mean(over, keepdim=True)) / torch.where(deviation > 0, deviation, 1)
        if self._mean is None or self._deviation is None:
            raise FeatureError("Standardize has not been fitted on training items yet")
        if batch.device not in self._moved:
            self._moved[batch.device] = (self._mean.to(batch.device), self._deviation.to(batch.device))
        mean, spread = self._moved[batch.device]
        return (batch - mean) / spread

    def _reduced(self) -> tuple[int, ...]:
        keep = {"feature": self._axes, "channel": ("C",), "band": ("F",), "all": ()}[self.per]
        return (0, *(1 + i for i, axis in enumerate(self._axes) if axis not in keep))
