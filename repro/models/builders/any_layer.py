"""Any other layer of torch.nn: built with its arguments, and tried on zeros to see what leaves it."""

import inspect

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make, torch_class, try_out
from repro.models.shape_error import wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape

_SAME_SHAPE = frozenset(
    {
        "ReLU", "ReLU6", "LeakyReLU", "ELU", "CELU", "SELU", "GELU",
        "SiLU", "Mish", "Tanh", "Sigmoid", "LogSigmoid", "Hardtanh", "Hardsigmoid",
        "Hardswish", "Hardshrink", "Softshrink", "Tanhshrink", "Softsign", "Softplus", "Threshold",
        "RReLU", "Dropout", "AlphaDropout", "PReLU",
    }
)  # fmt: skip
"""Layers that work on each value alone: the shape that comes in is the one that leaves."""

_DEFAULT_LETTERS = {0: (), 1: ("F",), 2: ("C", "T"), 3: ("C", "F", "T"), 4: ("C", "T", "H", "W")}


def build_any(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a layer that has no builder of its own.

    Letters stay where the number of axes does; else one axis is F, two are C T and three C F T. A softmax without
    ``dim`` works along the channels, or along the last axis where there are none.
    """
    cls = torch_class(layer)
    arguments = building.arguments(layer)
    _check_one_input(layer, cls)
    parameters = inspect.signature(cls.__init__).parameters
    if "batch_first" in parameters:
        arguments["batch_first"] = True
    if layer.name in ("Softmax", "Softmin", "LogSoftmax") and arguments.get("dim") is None:
        arguments["dim"] = 1 if inp.axes[0] == "C" else -1
    module = make(layer, cls, arguments)
    return module, inp if layer.name in _SAME_SHAPE else guess_letters(inp, try_out(layer, module, inp))


def guess_letters(inp: Shape, sizes: tuple[int, ...]) -> Shape:
    """Letters for ``sizes``: those that came in if there are as many, else F; C T; C F T."""
    if len(sizes) == len(inp.axes):
        return Shape(axes=inp.axes, sizes=sizes)
    axes = _DEFAULT_LETTERS.get(len(sizes)) or tuple(f"A{i}" for i in range(len(sizes)))
    return Shape(axes=axes, sizes=sizes)


def _check_one_input(layer: Layer, cls: type[nn.Module]) -> None:
    empty = inspect.Parameter.empty
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p for p in inspect.signature(cls.forward).parameters.values() if p.default is empty and p.kind in kinds]
    if len(needed) > 2:  # self and the one tensor
        names = ", ".join(p.name for p in needed[1:])
        raise wrong(layer, f"{layer.short} takes {len(needed) - 1} inputs ({names}), and a list of layers hands on one")
