"""The first layer of a block that reads several inputs: Concat, Add or own code."""

from collections.abc import Sequence

from torch import nn

from repro.models.builders.build_context import BuildContext, BuiltLayer, Out
from repro.models.builders.letters import fit, guessed
from repro.models.builders.make import make
from repro.models.builders.own_layer import build_own
from repro.models.builders.registry import builds
from repro.models.layers.join import Add, Concat
from repro.models.notation import both
from repro.models.shape_error import ShapeError, key_of, wrong
from repro.spec.part import Layer
from repro.spec.problem import Problem
from repro.spec.shape import Shape


def build_join(layer: Layer, inputs: tuple[Shape, ...], building: BuildContext) -> tuple[nn.Module, Out]:
    """Build the layer that takes several inputs, in the order of ``from``, and note it in ``building.steps``.

    Shape:
        Concat: inputs that differ on axis ``dim`` alone, counted as torch does with the batch axis as 0 (1, the first
        behind it, where not written); out their sum there; letters are looked at where none was given by guess. Add:
        inputs of equal sizes with no axis turned (:func:`repro.models.builders.letters.fit`); out the first one.
        Own code: as it runs.
    """
    step = BuiltLayer(layer, inputs, building.block)
    building.steps.append(step)
    if layer.own:
        step.module, step.out = build_own(layer, inputs, building)
    elif layer.name == "Concat":
        step.module, step.out = _concat(layer, inputs, building.steps[:-1])
    elif layer.name == "Add":
        if not all(fit(shape, inputs[0], building.steps[:-1]) for shape in inputs):
            raise _differ(layer, inputs, "inputs of one shape")
        step.module, step.out = Add(), inputs[0]
    else:
        text = f"{len(inputs)} inputs come in, and {layer.short} takes one"
        text = f"{text}; begin with Concat, Add or a class of your own"
        raise ShapeError([Problem(layer.place, key_of(layer), text)])
    return step.module, step.out


def _concat(layer: Layer, inputs: tuple[Shape, ...], steps: Sequence[BuiltLayer]) -> tuple[nn.Module, Shape]:
    first = inputs[0]
    dim = layer.args.get("dim", 1)
    axis = dim - 1 if dim > 0 else len(first.axes) + dim
    if dim == 0 or not 0 <= axis < len(first.axes):
        raise wrong(layer, f"dim {dim} is no axis of {both(first)}; the batch axis is 0 and stays", argument="dim")
    rest = {_without(shape, axis, letters=not guessed(steps)) for shape in inputs}
    if len(rest) > 1 or len({len(s.axes) for s in inputs}) > 1:
        raise _differ(layer, inputs, f"inputs that differ on axis {first.axes[axis]} alone")
    sizes = (*first.sizes[:axis], sum(s.sizes[axis] for s in inputs), *first.sizes[axis + 1 :])
    return make(layer, Concat, {"dim": axis + 1}), Shape(axes=_letters(inputs, axis), sizes=sizes)


def _letters(inputs: tuple[Shape, ...], axis: int) -> tuple[str, ...]:
    """Those of the first; an axis that is of channels here and of features there becomes one of features."""
    first = inputs[0].axes
    joined = {shape.axes[axis] for shape in inputs}
    if len(joined) == 1 or "F" in first[:axis] + first[axis + 1 :]:
        return first
    return (*first[:axis], "F", *first[axis + 1 :])


def _without(shape: Shape, axis: int, *, letters: bool) -> tuple[tuple[str, int], ...]:
    """The other axes, with their letters or with sizes alone."""
    pairs = zip(shape.axes, shape.sizes, strict=True)
    return tuple((letter if letters else "", size) for n, (letter, size) in enumerate(pairs) if n != axis)


def _differ(layer: Layer, inputs: tuple[Shape, ...], needs: str) -> ShapeError:
    came = " and ".join(both(shape) for shape in inputs)
    return ShapeError([Problem(layer.place, key_of(layer), f"{layer.short} needs {needs}; what comes in is {came}")])


@builds("Concat Add")
def build_single(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Refuse Concat and Add where one tensor comes in: they join several, at the head of a block."""
    text = f"{layer.short} joins several inputs, so it stands first in a model with a list under from"
    raise wrong(layer, f"{text}; one comes in here")
