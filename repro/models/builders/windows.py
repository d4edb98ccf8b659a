"""Kernels, strides and paddings: read them for each axis, and count how often a window fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repro.models.shape_error import cannot_take, wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape


@dataclass(frozen=True)
class Window:
    """A sliding window on each of the item's last axes, in the order of PyTorch."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...] | None
    """On either side; None for ``same``."""
    ceil_mode: bool = False

    @property
    def span(self) -> tuple[int, ...]:
        """From the first to the last sample that the window sees: ``dilation * (kernel - 1) + 1``."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def out(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """How many windows fit on each axis: torch's formula, or ``ceil(size / stride)`` for ``same``."""
        if self.padding is None:
            return tuple(-(-size // s) for size, s in zip(sizes, self.stride, strict=True))
        return tuple(
            _fit(size + 2 * p, span, s, size + p if self.ceil_mode else None)
            for size, p, span, s in zip(sizes, self.padding, self.span, self.stride, strict=True)
        )


def _fit(padded: int, span: int, stride: int, last_start: int | None) -> int:
    """Windows of ``span`` in ``padded``; with ``last_start`` also one that hangs over but starts before it."""
    if last_start is None:
        return (padded - span) // stride + 1
    number = -((span - padded) // stride) + 1
    return number - 1 if (number - 1) * stride >= last_start else number


def each_axis(layer: Layer, argument: str, value: Any, number: int) -> tuple[int, ...]:
    """One whole number for each of ``number`` axes; SpecError when there are more or fewer, or one is too small."""
    values = (value,) * number if isinstance(value, int) else tuple(value)
    least = 0 if argument == "padding" else 1
    if any(each < least for each in values):
        raise wrong(layer, f"{argument} is {value}; it must be {least} or more", argument=argument)
    if len(values) != number:
        text = f"{argument} has {len(values)} numbers, but {layer.short} slides over {number} axes"
        raise wrong(layer, text, argument=argument)
    return values


def same_padding(size: int, span: int, stride: int) -> tuple[int, int]:
    """Padding before and after an axis so that ``ceil(size / stride)`` windows fit; the odd one goes to the end.

    TensorFlow's rule for ``SAME``.

    >>> same_padding(88, 2, 2), same_padding(800, 10, 1), same_padding(5, 4, 2)
    ((0, 0), (4, 5), (1, 2))
    """
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def check_fits(layer: Layer, inp: Shape, window: Window) -> None:
    """ShapeError when the window is longer than what it slides over (with its padding), naming the axis."""
    axes, sizes = inp.axes[-len(window.kernel) :], inp.sizes[-len(window.kernel) :]
    padding = window.padding
    if padding is None:
        return
    for axis, size, pad, span in zip(axes, sizes, padding, window.span, strict=True):
        if size + 2 * pad < span:
            padded = f" and {pad} of padding on either side" if pad else ""
            raise cannot_take(
                layer, inp, f"at least {span} on axis {axis}, where it gets {size}{padded}", argument="kernel_size"
            )
