"""What a feature is: a shape for a shape, and a batch for a batch."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from torch import Generator, Tensor

from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class FeatureError(Exception):
    """A feature that cannot work on what comes in, or with these arguments."""


class Feature:
    """Turns a batch of float32 items ``(N, *sizes)`` into another, on the device where the batch is.

    A subclass overrides :meth:`__call__`, and :meth:`shape` where it changes sizes. Items of a batch never
    influence each other. ``random`` features draw from the generator that they are given, which lives on the batch's
    device; ``fitted`` ones learn from training items before they are used. ``ragged`` ones take clips that differ in
    length, ``cuts`` ones turn an item into several rows; both override :meth:`on`. A chain asks :meth:`rate`, then
    :meth:`shape`, once each, before anything is computed.
    """

    random: ClassVar[bool] = False
    fitted: ClassVar[bool] = False
    ragged: ClassVar[bool] = False
    cuts: ClassVar[bool] = False
    of_segments: ClassVar[bool] = False
    """Whether it works on segments only, so that Windows or Frames must stand before it."""
    settles: ClassVar[bool] = False
    """Whether, among augmentations, it may change the shape, because :meth:`settled` does so where none is drawn."""
    takes_complex: ClassVar[bool] = False
    gives_complex: bool = False
    seed: int | None = None

    def rate(self, rate: float | None) -> float | None:
        """The sampling rate, Hz, of what comes out, for that of what comes in; None where there is none."""
        return rate

    def shape(self, shape: Shape) -> Shape:
        """The shape that comes out for this one; FeatureError when such items cannot come in."""
        return shape

    def fit(self, chunks: Iterable[Tensor]) -> None:
        """Learn from the training items, which come in chunks ``(n, *sizes)``."""

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """The feature of each item of the batch."""
        raise NotImplementedError

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """The same, for rows that may differ in length or belong to items that were cut."""
        return replace(signals, values=self(signals.values, generator))

    def settled(self, batch: Tensor) -> Tensor:
        """What an augmentation does where nothing is drawn, in evaluation: nothing, unless it ``settles``."""
        return batch


class Settled(Feature):
    """What an augmentation does where nothing is drawn, as a feature."""

    def __init__(self, augmentation: Feature) -> None:
        self._augmentation = augmentation

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """As :meth:`Feature.settled` of the augmentation."""
        return self._augmentation.settled(batch)


class ClipFeature(Feature):
    """A feature of signals ``C x T`` that takes clips of any length. A subclass overrides :meth:`on`."""

    ragged = True

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, T)`` to the rows that come out of it."""
        return self.on(Signals(batch), generator).values


def need_axes(name: str, shape: Shape, axes: str, what: str) -> None:
    """Raise FeatureError unless the shape has exactly these axes."""
    if shape.axes != tuple(axes.split()):
        raise FeatureError(f"{name} needs {what}, {axes.replace(' ', ' x ')}; what comes in is {shape}")


def need_signal(name: str, shape: Shape) -> None:
    """Raise FeatureError unless the shape is a signal's."""
    need_axes(name, shape, "C T", "a signal")


def need_spectrogram(name: str, shape: Shape) -> None:
    """Raise FeatureError unless the shape is a spectrogram's."""
    need_axes(name, shape, "C F T", "a spectrogram")


def need_generator(name: str, generator: Generator | None) -> Generator:
    """The generator, or FeatureError when there is none."""
    if generator is None:
        raise FeatureError(f"{name} is random and got no generator")
    return generator


def interval(name: str, key: str, value: float | tuple[float, float]) -> tuple[float, float]:
    """``(low, high)`` from one number, which stands for both, or from two."""
    low, high = value if isinstance(value, (tuple, list)) else (value, value)
    if low > high:
        raise FeatureError(f"{name}: {key} goes from {low} to {high}; the lower end comes first")
    return float(low), float(high)
