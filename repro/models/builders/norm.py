"""Normalisation: the sizes to normalise over are those that come in."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make, torch_class
from repro.models.builders.registry import builds
from repro.models.shape_error import cannot_take
from repro.spec.part import Layer
from repro.spec.shape import Shape


@builds("BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d InstanceNorm3d")
def build_channel_norm(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a norm with one mean and variance a channel; ``num_features`` is the size of the first axis.

    Shape:
        BatchNorm1d ``(N, F)`` or ``(N, C, T)``, BatchNorm2d ``(N, C, F, T)`` or ``(N, C, H, W)``; the same leaves.
    """
    number = int(layer.name[-2]) + 1
    single = layer.name == "BatchNorm1d" and len(inp.axes) == 1
    channels = inp.axes[0] == "C" or (number == 2 and inp.axes[0] == "F")
    if not single and (len(inp.axes) != number or not channels):
        single_axis = "one axis, (N, F), or " if layer.name == "BatchNorm1d" else ""
        axes = {2: "(N, C, T)", 3: "(N, C, F, T) or (N, C, H, W)", 4: "channels and three axes"}[number]
        raise cannot_take(layer, inp, f"{single_axis}{axes}")
    return make(layer, torch_class(layer), {"num_features": inp.sizes[0], **building.arguments(layer)}), inp


@builds("LayerNorm RMSNorm")
def build_layer_norm(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a norm over each item: over all its axes, but each step by itself where time comes first (``T F``).

    Shape:
        any; the same leaves.
    """
    over = inp.sizes[1:] if inp.axes[0] == "T" and len(inp.axes) > 1 else inp.sizes
    return make(layer, torch_class(layer), {"normalized_shape": over, **building.arguments(layer)}), inp


@builds("GroupNorm")
def build_group_norm(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a norm over groups of channels; ``num_channels`` is the size of the first axis.

    Shape:
        ``(N, C, ...)``; the same leaves.
    """
    groups = layer.args["num_groups"]
    if inp.axes[0] == "T" or inp.sizes[0] % groups:
        raise cannot_take(layer, inp, f"channels first, and as many as {groups} groups divide", argument="num_groups")
    return make(layer, nn.GroupNorm, {"num_channels": inp.sizes[0], **building.arguments(layer)}), inp
