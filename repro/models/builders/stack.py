"""A list of layers becomes one module: each is built in turn from the shape that the one before hands on."""

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

from repro.models.builders.any_layer import build_any
from repro.models.builders.build_context import BuildContext, BuiltLayer, Out
from repro.models.builders.own_layer import build_own
from repro.models.builders.registry import BUILDERS
from repro.models.shape_error import ShapeError, key_of, wrong
from repro.spec.part import Layer
from repro.spec.problem import Problem
from repro.spec.shape import Shape


class Stack(nn.Sequential):
    """Layers one after the other; children are called ``0_conv1d``, or ``0_c3`` where the spec names the layer."""


def build_stack(layers: Sequence[Layer], inp: Shape, building: BuildContext, *, part: str = "") -> tuple[Stack, Out]:
    """Build layers in order.

    Args:
        layers: of one list of the spec.
        inp: shape of one item that comes in.
        building: facts for the layers; every layer built is added to ``building.steps``.
        part: ``shortcut`` when these are a Residual's other path.

    Returns:
        The module and the shape of one item that leaves it.

    """
    children: OrderedDict[str, nn.Module] = OrderedDict()
    shape: Out = inp
    for number, layer in enumerate(layers):
        if isinstance(shape, dict):
            text = f"{layer.short} cannot follow a layer that gives one output for each label ({', '.join(shape)})"
            raise ShapeError([Problem(layer.place, key_of(layer), text)])
        module, shape = build_layer(layer, shape, building, part=part)
        children[f"{number}_{layer.label or layer.short.lower()}"] = module
    return Stack(children), shape


def build_layer(layer: Layer, inp: Shape, building: BuildContext, *, part: str = "") -> tuple[nn.Module, Out]:
    """Build one layer and note it in ``building.steps``."""
    step = BuiltLayer(layer, (inp,), building.block, tuple(building.within), building.depth, part=part)
    building.steps.append(step)
    if layer.own:
        step.module, step.out = build_own(layer, (inp,), building)
    else:
        builder = BUILDERS.get(layer.name, build_any)
        step.module, step.out = builder(layer, inp, building)
    if isinstance(step.out, Shape) and any(size < 1 for size in step.out.sizes):
        raise wrong(layer, f"{layer.short} leaves nothing: {step.out}")
    return step.module, step.out
