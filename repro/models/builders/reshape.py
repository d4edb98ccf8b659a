"""Layers that only turn, join or pick axes."""

from math import prod

from torch import nn

from repro.models.builders.any_layer import guess_letters
from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make, try_out
from repro.models.builders.registry import builds
from repro.models.layers.last_step import LastStep
from repro.models.layers.pattern import Pattern, PatternError
from repro.models.layers.rearrange import Rearrange
from repro.models.layers.reduce import Reduce
from repro.models.shape_error import cannot_take, wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape


@builds("Flatten")
def build_flatten(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Flatten``: all axes become one, F. ``start_dim`` and ``end_dim`` count the batch axis as 0, as in torch.

    Shape:
        in ``(N, *sizes)``, out ``(N, product of sizes)``.
    """
    arguments = building.arguments(layer)
    number = len(inp.axes) + 1
    start, end = (arguments.get(name, default) % number for name, default in (("start_dim", 1), ("end_dim", -1)))
    if not 1 <= start <= end:
        raise cannot_take(layer, inp, "start_dim of 1 or more and end_dim not before it: the batch axis stays")
    before, joined, after = slice(0, start - 1), slice(start - 1, end), slice(end, None)
    letter = inp.axes[joined] if start == end else ("F",)
    axes = (*inp.axes[before], *letter, *inp.axes[after])
    sizes = (*inp.sizes[before], prod(inp.sizes[joined]), *inp.sizes[after])
    return make(layer, nn.Flatten, arguments), Shape(axes=axes, sizes=sizes)


@builds("Unflatten")
def build_unflatten(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Unflatten``: one axis becomes several. Letters are those of the last Flatten before it, or of the input.

    Shape:
        in ``(N, ..., product of sizes, ...)``, out ``(N, ..., *sizes, ...)``.
    """
    module = make(layer, nn.Unflatten, building.arguments(layer))
    sizes = try_out(layer, module, inp)
    earlier = [step.inp[0] for step in reversed(building.steps) if step.layer.name == "Flatten"] + [
        step.inp[0] for step in building.steps[:1]
    ]
    same = [shape for shape in earlier if len(shape.sizes) == len(sizes)]
    equal = [shape for shape in same if shape.sizes == sizes]
    guessed = guess_letters(inp, sizes)
    letters = (equal + same)[0].axes if same and len(inp.axes) == 1 else guessed.axes
    return module, Shape(axes=letters, sizes=sizes)


@builds("Identity")
def build_identity(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Identity``: a place where an experiment may put something."""
    return nn.Identity(), inp


@builds("Rearrange")
def build_rearrange(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Rearrange``: ``n c t -> n t c`` turns axes, ``n c f t -> n t (c f)`` also joins some into F.

    Shape:
        as the pattern says; every letter on its left must stand on its right.
    """
    pattern = _pattern(layer, inp)
    if pattern.lost:
        text = f"{' '.join(pattern.lost)} is lost on the right; Reduce takes axes away"
        raise wrong(layer, text, argument="pattern")
    return Rearrange(pattern.text), pattern.shape(inp)


@builds("Reduce")
def build_reduce(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Reduce``: ``{pattern: n c t -> n c, by: mean}`` takes axes away by max, mean, sum or min.

    Shape:
        as the pattern says.
    """
    pattern = _pattern(layer, inp)
    if not pattern.lost:
        raise wrong(layer, "no axis is taken away; Rearrange turns axes", argument="pattern")
    by = layer.args.get("by", "mean")
    if by not in Reduce.WAYS:
        raise wrong(layer, f"by is {by!r}; it may be {', '.join(Reduce.WAYS)}", argument="by")
    return Reduce(pattern.text, by), pattern.shape(inp)


def _pattern(layer: Layer, inp: Shape) -> Pattern:
    try:
        pattern = Pattern(layer.args["pattern"])
    except PatternError as error:
        raise wrong(layer, str(error), argument="pattern") from error
    if tuple(letter.upper() for letter in pattern.left) != inp.axes:
        needs = f"'{' '.join(['n', *inp.axes]).lower()}' on the left of its pattern, and not '{pattern.left_text}'"
        raise cannot_take(layer, inp, needs, argument="pattern")
    return pattern


@builds("LastStep")
def build_last_step(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``LastStep``: the last step of a sequence.

    Shape:
        in ``(N, T, F)``, out ``(N, F)``.
    """
    if len(inp.axes) != 2 or inp.axes[0] != "T":
        raise cannot_take(layer, inp, "a sequence, (N, T, F)")
    return LastStep(), Shape.of("F", inp.sizes[1])
