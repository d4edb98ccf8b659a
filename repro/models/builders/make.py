"""Make a torch.nn module, and try a module on one small batch; torch's complaints become errors at the layer's line."""

from typing import Any

import torch
from torch import Tensor, nn

from repro.models.shape_error import ShapeError, cannot_take, wrong
from repro.spec.part import Layer
from repro.spec.problem import unknown
from repro.spec.shape import Shape

TORCH_COMPLAINTS = (RuntimeError, ValueError, TypeError, IndexError, AssertionError, NotImplementedError, KeyError)
"""What torch raises when a module is given what it cannot take."""


def make(layer: Layer, cls: type[nn.Module], arguments: dict[str, Any]) -> nn.Module:
    """An instance of ``cls``; SpecError with torch's reason when it refuses the arguments."""
    try:
        return cls(**arguments)
    except TORCH_COMPLAINTS as error:
        raise wrong(layer, f"{layer.short} refuses its arguments: {first_line(error)}") from error


def torch_class(layer: Layer) -> type[nn.Module]:
    """The class of torch.nn with the layer's name."""
    cls = getattr(torch.nn, layer.name, None)
    if not (isinstance(cls, type) and issubclass(cls, nn.Module)):
        names = (n for n, c in vars(torch.nn).items() if isinstance(c, type) and issubclass(c, nn.Module))
        raise wrong(layer, unknown("layer", layer.name, names))
    return cls


def try_out(layer: Layer, module: nn.Module, inp: Shape) -> tuple[int, ...]:
    """Sizes of one item that leaves ``module`` when zeros of shape ``inp`` come in.

    Runs a batch of 2 in evaluation mode, without gradients and without touching any generator's state.
    ShapeError when torch cannot, or when something else than one tensor with the batch axis first comes out.
    """
    try:
        out = run_quietly(module, inp)
    except TORCH_COMPLAINTS as error:
        raise cannot_take(layer, inp, f"something else (torch: {first_line(error)})") from error
    if not isinstance(out, Tensor):
        raise wrong(layer, f"{layer.short} gives a {type(out).__name__}, not one tensor, so no layer can follow it")
    if out.ndim < 1 or out.shape[0] != _BATCH:
        raise ShapeError(wrong(layer, f"{layer.short} loses the batch axis: it gives {tuple(out.shape)}").problems)
    return tuple(out.shape[1:])


_BATCH = 2


def run_quietly(module: nn.Module, *shapes: Shape) -> Any:
    """What ``module`` gives for a batch of 2 zeros of these shapes; generators and running statistics stay."""
    was_training = [m for m in module.modules() if m.training]
    module.eval()
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            return module(*(torch.zeros(_BATCH, *shape.sizes) for shape in shapes))
    finally:
        for each in was_training:
            each.training = True


def first_line(error: BaseException) -> str:
    """The first line of an error's text, at most 200 characters."""
    text = str(error).strip()
    line = text.splitlines()[0] if text else type(error).__name__
    return line if len(line) <= 200 else line[:197] + "..."
