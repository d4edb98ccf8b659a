"""PadOrCrop: clips of one length from clips of any."""

from dataclasses import replace
from typing import Literal, get_args

import torch
from torch import Generator, Tensor

from repro.data.features.duration import Duration
from repro.data.features.feature import ClipFeature, FeatureError, need_generator, need_signal
from repro.data.features.placed import placed
from repro.data.features.signals import Signals
from repro.spec.shape import Shape

Place = Literal["start", "center", "random"]


class PadOrCrop(ClipFeature):
    """Cut what is longer, and fill what is shorter with zeros.

    Args:
        seconds: the new length.
        samples: the new length, instead of seconds.
        place: ``start`` keeps the first samples of a long clip and puts a short one first; ``center`` takes the middle,
            and puts a short one there; ``random`` draws where, evenly among all places.
        seed: needed for ``random``, which is drawn once an item.

    """

    def __init__(
        self,
        seconds: float | None = None,
        samples: int | None = None,
        place: Place = "start",
        seed: int | None = None,
    ) -> None:
        if place not in get_args(Place):
            raise FeatureError(f"PadOrCrop: place is {place!r}; expected one of {', '.join(get_args(Place))}")
        if seed is not None and place != "random":
            raise FeatureError(f"PadOrCrop: seed is for place: random; nothing is drawn for place: {place}")
        self.random = place == "random"  # type: ignore[misc]  # it depends on the argument
        self.seed = seed
        self._length = Duration("PadOrCrop", seconds, samples)
        self._place = place
        self._size = 0

    def rate(self, rate: float | None) -> float | None:
        """Unchanged."""
        self._size = self._length.at(rate)
        return rate

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x samples``."""
        need_signal("PadOrCrop", shape)
        return Shape.of("C T", shape.size("C"), self._size)

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, T) -> (M, C, samples)``."""
        return replace(
            signals, values=placed(signals.values, self._starts(signals, generator), self._size), lengths=None
        )

    def _starts(self, signals: Signals, generator: Generator | None) -> Tensor:
        spare = signals.known_lengths - self._size  # below 0 where the clip is too short
        if self._place == "start":
            return torch.zeros_like(spare)
        if self._place == "center":
            return spare.div(2, rounding_mode="trunc")
        share = torch.rand(
            len(spare), generator=need_generator("PadOrCrop", generator), device=spare.device, dtype=torch.float64
        )
        return (share * (spare.abs() + 1)).long().clamp(max=spare.abs()) * spare.sign()
