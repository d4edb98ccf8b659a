"""The chains of one input: what is made once, what is augmented, what comes after on the device."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from repro.data.features.chain import Chain, Kind, build_chain
from repro.data.features.feature import FeatureError, Settled
from repro.data.features.mixup import Mixup
from repro.spec.experiment import Input
from repro.spec.part import Entry
from repro.spec.place import NOWHERE, Place
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


@dataclass(frozen=True, eq=False)
class InputChains:
    """``cached`` is computed once; each batch then goes through ``augment`` (training only) and ``after``.

    ``mixup`` is what mixes whole training batches behind all that, None for nothing.
    """

    name: str
    cached: Chain
    augment: Chain
    after: Chain
    mixup: Mixup | None = None

    @property
    def clean(self) -> Chain:
        """Everything but the augmentation, in one chain."""
        return self.cached.then(self.settled).then(self.after)

    @property
    def settled(self) -> Chain:
        """What the augmentation does where nothing is drawn."""
        pairs = zip(self.augment.features, self.augment.entries, self.augment.shapes, strict=True)
        triples = [(Settled(feature), entry, shape) for feature, entry, shape in pairs if feature.settles]
        return replace(
            self.augment,
            features=tuple(feature for feature, _, _ in triples),
            entries=tuple(entry for _, entry, _ in triples),
            shapes=tuple(shape for _, _, shape in triples),
        )

    @property
    def shape(self) -> Shape:
        """The input as the model sees it."""
        return self.after.out_shape


def build_chains(
    input_spec: Input,
    shape: Shape,
    *,
    rate: float | None,
    folder: Path,
    kinds: Sequence[Kind] = (),
    place: Place = NOWHERE,
    views_augment: bool = False,
) -> InputChains:
    """Build an input's chains on items of this shape.

    Where nothing is augmented, in training or in a view, the features after the word ``augment`` are made once too.

    Args:
        input_spec: the input.
        shape: of the items as stored.
        rate: of the items, Hz; None where there is none, or clips have several.
        folder: of the spec, for own code.
        kinds: of clips that have several rates or channels.
        place: where to report clips that differ and have no features.
        views_augment: whether a view augments.

    Raises:
        SpecError: at the line of the entry that cannot be built, cannot work on what comes in, is random without a
            seed, is random or cuts after ``augment``, or augments into another shape.

    """
    live = bool(input_spec.augment) or views_augment
    cached_entries = input_spec.cached if live else input_spec.cached + input_spec.live
    cached = build_chain(cached_entries, shape, rate=rate, folder=folder, kinds=kinds, place=place)
    for entry, feature in zip(cached_entries, cached.features, strict=True):
        if feature.random and feature.seed is None:
            raise _problem(entry, "is random: under features it is drawn once an item and needs a seed")
    mixups = [entry for entry in input_spec.augment if entry.name == Mixup.__name__]
    if mixups and mixups != [input_spec.augment[-1]]:
        raise _problem(mixups[0], "mixes what all other augmentations have made; put it last, and once")
    others = input_spec.augment[: len(input_spec.augment) - len(mixups)]
    augment = augmentation(others, cached.out_shape, rate=cached.rate, folder=folder)
    after = build_chain(input_spec.live if live else (), augment.out_shape, rate=augment.rate, folder=folder)
    for entry, feature in zip(input_spec.live if live else (), after.features, strict=True):
        if feature.random:
            raise _problem(entry, "is random and stands after augment; put it before, or among augment itself")
        if feature.cuts:
            raise _problem(entry, "cuts an item into segments and stands after augment; put it before")
    return InputChains(input_spec.name, cached, augment, after, _mixup(mixups[0]) if mixups else None)


def likely_kinds(shape: Shape, rate: float | None) -> tuple[Kind, ...]:
    """Two kinds of clips that stand for all, where all that is known is that clips differ in rate or channels."""
    if shape.axes != ("C", "T") or not shape.ragged or (rate is not None and shape.size("C")):
        return ()
    rates = (int(rate),) * 2 if rate is not None else (44100, 48000)
    channels = (shape.size("C"),) * 2 if shape.size("C") else (1, 2)
    return tuple(zip(rates, channels, strict=True))


def augmentation(entries: Sequence[Entry], shape: Shape, *, rate: float | None, folder: Path) -> Chain:
    """Build an augmentation, which has to keep the shape, unless it knows what to do where nothing is drawn.

    Raises:
        SpecError: at the entry's line when it cannot be built, or changes the shape, or has a seed.

    """
    if stray := next((entry for entry in entries if entry.name == Mixup.__name__), None):
        raise _problem(stray, "mixes training items with their targets; a view has nothing to mix")
    chain = build_chain(entries, shape, rate=rate, folder=folder)
    before = shape
    for entry, feature, now in zip(entries, chain.features, chain.shapes, strict=True):
        if now != before and not feature.settles:
            raise _problem(entry, f"augment must keep the shape; {before} became {now}")
        if feature.cuts:
            raise _problem(entry, "cuts an item into segments; it stands under features")
        if feature.seed is not None and feature.random:
            raise _problem(entry, "augment draws from the run's seed; leave seed out here")
        before = now
    return chain


def _mixup(entry: Entry) -> Mixup:
    try:
        return Mixup(**entry.args)
    except (FeatureError, TypeError) as error:
        raise _problem(entry, str(error)) from error


def _problem(entry: Entry, text: str) -> SpecError:
    return SpecError([Problem(entry.place, entry.short, text)])
