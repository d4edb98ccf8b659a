"""Chain: features one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator, Tensor

from repro.data.features.build import build_feature
from repro.data.features.feature import Feature, FeatureError
from repro.data.features.module_feature import ModuleFeature
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


@dataclass(frozen=True, eq=False)
class Chain:
    """Features in order, the shapes at both ends, the entries they were built from. Calling it runs no gradients."""

    features: tuple[Feature, ...]
    in_shape: Shape
    out_shape: Shape
    entries: tuple[Entry, ...] = ()

    @property
    def random(self) -> bool:
        """Whether any of them draws random numbers."""
        return any(f.random for f in self.features)

    @torch.no_grad()
    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *in sizes) -> (N, *out sizes)`` on the batch's device."""
        for feature in self.features:
            batch = feature(batch, generator)
        return batch

    def upto(self, position: int) -> "Chain":
        """The first ``position`` features (its ``out_shape`` is not looked at)."""
        return Chain(self.features[:position], self.in_shape, self.out_shape, self.entries[:position])


def build_chain(entries: Sequence[Entry], shape: Shape, *, rate: float | None, folder: Path) -> Chain:
    """Build all features of a list on items of this shape.

    Raises:
        SpecError: at the entry's line, when a feature cannot be built or cannot work on what comes in.

    """
    features: list[Feature] = []
    now = shape
    for position, entry in enumerate(entries):
        try:
            feature, now = build_feature(entry, now, rate=rate, folder=folder)
        except FeatureError as error:
            raise SpecError([Problem(entry.place, f"features.{entry.short}", str(error))]) from error
        if isinstance(feature, ModuleFeature):
            feature.place_in_chain = position
        features.append(feature)
    return Chain(tuple(features), shape, now, tuple(entries))
