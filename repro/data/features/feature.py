"""What a feature is: a shape for a shape, and a batch for a batch."""

from collections.abc import Iterable
from typing import ClassVar

from torch import Generator, Tensor

from repro.spec.shape import Shape


class FeatureError(Exception):
    """A feature that cannot work on what comes in, or with these arguments."""


class Feature:
    """Turns a batch of float32 items ``(N, *sizes)`` into another, on the device where the batch is.

    A subclass overrides :meth:`__call__`, and :meth:`shape` where it changes sizes. Items of a batch never
    influence each other. ``random`` features draw from the generator that they are given, which lives on the batch's
    device; ``fitted`` ones learn from training items before they are used.
    """

    random: ClassVar[bool] = False
    fitted: ClassVar[bool] = False
    seed: int | None = None

    def shape(self, shape: Shape) -> Shape:
        """The shape that comes out for this one; FeatureError when such items cannot come in."""
        return shape

    def fit(self, chunks: Iterable[Tensor]) -> None:
        """Learn from the training items, which come in chunks ``(n, *sizes)``."""

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """The feature of each item of the batch."""
        raise NotImplementedError


def need_axes(name: str, shape: Shape, axes: str, what: str) -> None:
    """Raise FeatureError unless the shape has exactly these axes."""
    if shape.axes != tuple(axes.split()):
        raise FeatureError(f"{name} needs {what}, {axes.replace(' ', ' x ')}; what comes in is {shape}")


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
