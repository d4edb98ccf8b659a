"""Residual and Repeat: layers that hold layers."""

from torch import nn

from repro.models.builders.build_context import BuildContext, Out
from repro.models.builders.letters import fit
from repro.models.builders.registry import builds
from repro.models.builders.stack import build_stack
from repro.models.layers.residual import Residual
from repro.models.notation import both
from repro.models.shape_error import ShapeError, key_of, wrong
from repro.spec.part import Layer
from repro.spec.problem import Problem
from repro.spec.shape import Shape


@builds("Residual")
def build_residual(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Residual {layers, shortcut}``: both paths must leave the same shape; without a shortcut, what came in.

    The layers draw their start before the shortcut's.

    Shape:
        in any, out what both paths leave.
    """
    if not layer.layers:
        raise wrong(layer, "Residual holds no layers")
    before = len(building.steps)
    with building.inside(layer):
        main, out = build_stack(layer.layers, inp, building)
        other, shortcut_out = (
            build_stack(layer.shortcut, inp, building, part="shortcut") if layer.shortcut else (None, inp)
        )
    if not isinstance(out, Shape) or not isinstance(shortcut_out, Shape):
        raise wrong(layer, "a layer inside Residual must give one tensor")
    if not fit(out, shortcut_out, building.steps[before:]):
        text = (
            f"Residual adds two paths, and they must leave the same shape; its layers leave {both(out)}; "
            f"{'its shortcut leaves' if layer.shortcut else 'what comes in is'} {both(shortcut_out)}"
        )
        raise ShapeError([Problem(layer.place, key_of(layer), text)])
    return Residual(main, other), shortcut_out


@builds("Repeat")
def build_repeat(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Out]:
    """Build ``Repeat {times, layers}``: the layers again and again, each time fresh ones with weights of their own.

    Shape:
        in any, out what the last copy leaves.
    """
    times = layer.args["times"]
    if times < 1 or not layer.layers:
        raise wrong(layer, "Repeat needs layers, and at least once", argument="times" if layer.layers else None)
    with building.inside(layer):
        all_layers = [inner for _ in range(times) for inner in layer.layers]
        module, out = build_stack(all_layers, inp, building)
    return module, out
