"""Statistics: a few numbers for a whole clip, from what happens over time."""

from collections.abc import Callable, Mapping

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError
from repro.spec.shape import Shape

KINDS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "mean": lambda x: x.mean(-1),
    "std": lambda x: x.std(-1, correction=0),
    "min": lambda x: x.amin(-1),
    "max": lambda x: x.amax(-1),
    "median": lambda x: x.quantile(0.5, dim=-1),
}


class Statistics(Feature):
    """Over time, of each channel and band: a table row with all of the first statistic, then all of the next.

    Args:
        of: among mean, std (of the population, ddof 0), min, max, median; in this order.

    """

    def __init__(self, of: tuple[str, ...] = ("mean", "std")) -> None:
        self.of = (of,) if isinstance(of, str) else tuple(of)
        if not self.of or any(kind not in KINDS for kind in self.of):
            raise FeatureError(f"Statistics: of is {', '.join(self.of)}; expected some of {', '.join(KINDS)}")

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T`` or ``C x T`` to ``F``, as many as channels times bands times statistics."""
        if shape.axes[-1:] != ("T",):
            raise FeatureError(f"Statistics are taken over time; what comes in is {shape}")
        return Shape.of("F", len(self.of) * shape.numel // shape.size("T"))

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *, T) -> (N, statistics)``."""
        return torch.cat([KINDS[kind](batch).flatten(1) for kind in self.of], 1)
