"""The chains of one input: what is made once, what is augmented, what comes after on the device."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.data.features.chain import Chain, build_chain
from repro.spec.experiment import Input
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


@dataclass(frozen=True, eq=False)
class InputChains:
    """``cached`` is computed once; each batch then goes through ``augment`` (training only) and ``after``."""

    name: str
    cached: Chain
    augment: Chain
    after: Chain

    @property
    def clean(self) -> Chain:
        """Everything but the augmentation, in one chain."""
        first, then = self.cached, self.after
        return Chain(first.features + then.features, first.in_shape, then.out_shape, first.entries + then.entries)

    @property
    def shape(self) -> Shape:
        """The input as the model sees it."""
        return self.after.out_shape


def build_chains(
    given: Input, shape: Shape, *, rate: float | None, folder: Path, views_augment: bool = False
) -> InputChains:
    """Build an input's chains on items of this shape.

    Where nothing is augmented, in training or in a view, the features after the word ``augment`` are made once too.

    Raises:
        SpecError: at the line of the entry that cannot be built, cannot work on what comes in, is random without a
            seed, is random after ``augment``, or augments into another shape.

    """
    live = bool(given.augment) or views_augment
    cached_entries = given.cached if live else given.cached + given.live
    cached = build_chain(cached_entries, shape, rate=rate, folder=folder)
    for entry, feature in zip(cached_entries, cached.features, strict=True):
        if feature.random and feature.seed is None:
            raise _problem(entry, "is random: under features it is drawn once an item and needs a seed")
    augment = augmentation(given.augment, cached.out_shape, rate=rate, folder=folder)
    after = build_chain(given.live if live else (), cached.out_shape, rate=rate, folder=folder)
    for entry, feature in zip(given.live if live else (), after.features, strict=True):
        if feature.random:
            raise _problem(entry, "is random and stands after augment; put it before, or among augment itself")
    return InputChains(given.name, cached, augment, after)


def augmentation(entries: Sequence[Entry], shape: Shape, *, rate: float | None, folder: Path) -> Chain:
    """Build an augmentation, which has to keep the shape. SpecError at the entry's line when it cannot be."""
    chain = build_chain(entries, shape, rate=rate, folder=folder)
    if chain.out_shape != shape:
        raise _problem(entries[-1], f"augment must keep the shape; {shape} became {chain.out_shape}")
    for entry, feature in zip(entries, chain.features, strict=True):
        if feature.seed is not None and feature.random:
            raise _problem(entry, "augment draws from the run's seed; leave seed out here")
    return chain


def _problem(entry: Entry, text: str) -> SpecError:
    return SpecError([Problem(entry.place, entry.short, text)])
