"""Chain: features one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Generator, Tensor

from repro.data.features.build import build_feature
from repro.data.features.drop_silent import DropSilent
from repro.data.features.feature import Feature, FeatureError
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.signals import Signals
from repro.spec.part import Entry
from repro.spec.place import NOWHERE, Place
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape

Kind = tuple[int, int]
"""Rate in Hz and channels: clips of one kind go through the same features."""

_IN_DECIBELS = frozenset({"AmplitudeToDB", "Decibels"})


@dataclass(frozen=True, eq=False)
class Chain:
    """Features in order, the shapes at both ends, the entries they were built from. Calling it runs no gradients.

    Clips of several kinds start with features of their own (``heads``: the first ones of each kind, in the place of as
    many in ``features``) until they agree in rate and channels. ``rate`` is that of what comes out, Hz.
    """

    features: tuple[Feature, ...]
    in_shape: Shape
    out_shape: Shape
    entries: tuple[Entry, ...] = ()
    rate: float | None = None
    heads: Mapping[Kind, tuple[Feature, ...]] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()

    @property
    def random(self) -> bool:
        """Whether any of them draws random numbers."""
        return any(f.random for f in self.features)

    @property
    def cuts(self) -> bool:
        """Whether an item may become several rows."""
        return any(f.cuts for f in self.features)

    def of(self, kind: Kind | None) -> tuple[Feature, ...]:
        """The features that clips of a kind go through; None for items that are no clips."""
        head = self.heads.get(kind, ()) if kind is not None else ()
        return (*head, *self.features[len(head) :])

    @torch.no_grad()
    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *in sizes) -> (N, *out sizes)`` on the batch's device."""
        for feature in self.features:
            batch = feature(batch, generator)
        return batch

    @torch.no_grad()
    def on(self, signals: Signals, generator: Generator | None = None, kind: Kind | None = None) -> Signals:
        """Items that may differ in length (all of one kind), or be cut into rows."""
        for feature in self.of(kind):
            signals = feature.on(signals, generator)
        return signals

    def upto(self, position: int) -> "Chain":
        """The first ``position`` features."""
        heads = {kind: head[:position] for kind, head in self.heads.items()}
        out = (self.in_shape, *self.shapes)[position] if self.shapes else self.in_shape
        return replace(
            self,
            features=self.features[:position],
            out_shape=out,
            entries=self.entries[:position],
            heads=heads,
            shapes=self.shapes[:position],
        )

    def after(self, position: int) -> "Chain":
        """The features from ``position`` on, which all kinds of clips share."""
        assert all(len(head) <= position for head in self.heads.values())
        came = (self.in_shape, *self.shapes)[position] if self.shapes else self.in_shape
        return replace(
            self,
            features=self.features[position:],
            in_shape=came,
            entries=self.entries[position:],
            heads={},
            shapes=self.shapes[position:],
        )

    def then(self, other: "Chain") -> "Chain":
        """This chain and another one behind it."""
        return Chain(
            self.features + other.features,
            self.in_shape,
            other.out_shape,
            self.entries + other.entries,
            other.rate,
            self.heads,
            self.shapes + other.shapes,
        )


@dataclass
class _ChainState:
    """How far one kind of clips has come."""

    shape: Shape
    rate: float | None
    dtype: torch.dtype = torch.float32

    @property
    def state(self) -> tuple[Shape, float | None, torch.dtype]:
        return self.shape, self.rate, self.dtype


def build_chain(
    entries: Sequence[Entry],
    shape: Shape,
    *,
    rate: float | None,
    folder: Path,
    kinds: Sequence[Kind] = (),
    place: Place = NOWHERE,
) -> Chain:
    """Build all features of a list on items of this shape.

    Args:
        entries: in order.
        shape: of what comes in.
        rate: of what comes in, Hz; None where there is none, or clips have several.
        folder: of the spec, for own code.
        kinds: of clips that have several rates or channels, all of them.
        place: where to report clips that differ and have no features.

    Raises:
        SpecError: at the entry's line, when a feature cannot be built or cannot work on what comes in, or when what
            comes out is no plain batch of real numbers of one shape.

    """
    branches = {kind: _ChainState(Shape.of("C T", kind[1], shape.size("T")), float(kind[0])) for kind in kinds}
    branches = branches if len(branches) > 1 else {(0, 0): next(iter(branches.values()), _ChainState(shape, rate))}
    features_of: dict[Kind, list[Feature]] = {kind: [] for kind in branches}
    joined = 0 if len(branches) == 1 else None
    shapes: list[Shape] = []
    cut = False
    for position, entry in enumerate(entries):
        if joined is None and len({branch.state for branch in branches.values()}) == 1:
            joined = position
        try:
            _check_before(entry, entries[:position])
            first: Feature | None = None
            for kind, branch in branches.items():
                if joined is not None and first is not None:
                    features_of[kind].append(first)
                    continue
                first = feature = _one(entry, branch, folder, position)
                if feature.fitted and joined is None:
                    raise FeatureError(
                        f"{entry.short} learns from clips that are not of one kind: {_described(branches)}"
                    )
                if feature.of_segments and not cut:
                    raise FeatureError(f"{entry.short} works on segments; put Windows or Frames before it")
                features_of[kind].append(feature)
            cut = cut or any(features[-1].cuts for features in features_of.values())
        except FeatureError as error:
            raise SpecError([Problem(entry.place, f"features.{entry.short}", str(error))]) from error
        if joined is not None:
            for branch in branches.values():
                branch.shape, branch.rate, branch.dtype = next(iter(branches.values())).state
        shapes.append(next(iter(branches.values())).shape)
    first_branch, features = next(iter(branches.values())), next(iter(features_of.values()))
    _check_end(entries, branches, place)
    split = len(entries) if joined is None else joined
    heads = {kind: tuple(own[:split]) for kind, own in features_of.items()} if len(branches) > 1 and split else {}
    return Chain(tuple(features), shape, first_branch.shape, tuple(entries), first_branch.rate, heads, tuple(shapes))


def _one(entry: Entry, branch: _ChainState, folder: Path, position: int) -> Feature:
    """The next feature on one branch, which goes on behind it."""
    feature, branch.shape = build_feature(entry, branch.shape, rate=branch.rate, folder=folder, comes_in=branch.dtype)
    branch.rate = feature.rate(branch.rate)
    branch.dtype = torch.complex64 if feature.gives_complex else torch.float32
    if isinstance(feature, ModuleFeature):
        feature.place_in_chain = position
    return feature


def _check_before(entry: Entry, before: Sequence[Entry]) -> None:
    spectrogram = any(e.name.endswith("pectrogram") for e in before)
    in_decibels = any(e.name in _IN_DECIBELS or e.own for e in before)
    if entry.name == DropSilent.__name__ and spectrogram and not in_decibels:
        raise FeatureError("DropSilent needs a spectrogram in decibels; put AmplitudeToDB or Decibels before it")


def _check_end(entries: Sequence[Entry], branches: Mapping[Kind, _ChainState], place: Place) -> None:
    states = {branch.state for branch in branches.values()}
    text = ""
    if len(states) > 1:
        text = f"clips differ in sample rate or channel count ({_described(branches)}); add ToMono or Resample first"
    elif next(iter(branches.values())).dtype.is_complex:
        text = "the features are complex-valued, which no layer accepts; add ComplexAsChannels after them"
    elif next(iter(branches.values())).shape.ragged:
        text = "clips differ in length; end with PadOrCrop or Windows, or with what comes behind them"
    if text and entries:
        raise SpecError([Problem(entries[-1].place, f"features.{entries[-1].short}", text)])
    if text:
        raise SpecError([Problem(place, "features", text)])


def _described(branches: Mapping[Kind, _ChainState]) -> str:
    """The kinds as they are by now: ``8000 Hz C 1 x T any and 16000 Hz C 2 x T any``."""
    texts = [f"{branch.rate:g} Hz {branch.shape}" if branch.rate else str(branch.shape) for branch in branches.values()]
    shown = list(dict.fromkeys(texts))
    return " and ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
