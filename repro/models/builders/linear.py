"""Linear: one axis in, one axis F out."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make
from repro.models.builders.registry import builds
from repro.models.shape_error import cannot_take
from repro.spec.part import Layer
from repro.spec.shape import Shape


@builds("Linear")
def build_linear(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build ``Linear``; ``in_features`` is the size of the one axis that comes in.

    Shape:
        in ``(N, F)``, out ``(N, out_features)``.
    """
    if len(inp.axes) != 1:
        raise cannot_take(layer, inp, "one axis, N x F; put Flatten, LastStep or Reduce before it")
    arguments = building.arguments(layer)
    module = make(layer, nn.Linear, {"in_features": inp.sizes[0], **arguments})
    return module, Shape.of("F", arguments["out_features"])
