"""Convolutions: channels first, one to three axes to slide over."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make, torch_class, try_out
from repro.models.builders.registry import builds
from repro.models.builders.windows import Window, check_fits, each_axis
from repro.models.layers.same_conv import SameConv1d, SameConv2d, SameConv3d
from repro.models.shape_error import cannot_take, wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape

_NEEDS = {
    1: "channels and one axis, (N, C, T), or (N, F, T) with F as its channels",
    2: "channels and two axes, (N, C, F, T) or (N, C, H, W)",
    3: "channels and three axes",
}
_SAME = {1: SameConv1d, 2: SameConv2d, 3: SameConv3d}


def check_channels_first(layer: Layer, inp: Shape, number: int) -> None:
    """ShapeError unless channels and ``number`` axes to slide over come in, in PyTorch's order.

    With one axis to slide over, F may stand for the channels: a spectrogram's bands as a bank of signals.
    """
    right = len(inp.axes) == number + 1 and "C" not in inp.axes[1:]
    first = ("C", "F") if number == 1 else ("C",)
    if not right or inp.axes[0] not in first:
        turned = "C" in inp.axes[1:] and len(inp.axes) == number + 1
        before = " ".join(["n", *inp.axes]).lower()
        after = " ".join(["n", "c", *(a for a in inp.axes if a != "C")]).lower()
        hint = f"; put Rearrange: {{pattern: {before} -> {after}}} before it" if turned else ""
        raise cannot_take(layer, inp, _NEEDS[number] + hint)


@builds("Conv1d Conv2d Conv3d")
def build_conv(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a convolution; ``in_channels`` is what comes in. ``padding: same`` gives ``ceil(size / stride)``.

    Shape:
        in ``(N, C, *sizes)``, out ``(N, out_channels, *sizes')``; letters stay.
    """
    number = int(layer.name[4])
    check_channels_first(layer, inp, number)
    arguments = {"in_channels": inp.sizes[0], **building.arguments(layer)}
    _check_groups(layer, inp, arguments["out_channels"], arguments.get("groups", 1))
    window = conv_window(layer, number)
    check_fits(layer, inp, window)
    if arguments.get("padding") == "same":
        module = make(layer, _SAME[number], {k: v for k, v in arguments.items() if k != "padding"})
    else:
        module = make(layer, torch_class(layer), arguments)
    sizes = window.out(inp.sizes[1:])
    return module, Shape(axes=("C", *inp.axes[1:]), sizes=(arguments["out_channels"], *sizes))


def conv_window(layer: Layer, number: int) -> Window:
    """The window of a Conv layer over ``number`` axes."""
    padding = layer.args.get("padding", 0)
    return Window(
        kernel=each_axis(layer, "kernel_size", layer.args["kernel_size"], number),
        stride=each_axis(layer, "stride", layer.args.get("stride", 1), number),
        dilation=each_axis(layer, "dilation", layer.args.get("dilation", 1), number),
        padding=None
        if padding == "same"
        else each_axis(layer, "padding", 0 if padding == "valid" else padding, number),
    )


@builds("ConvTranspose1d ConvTranspose2d ConvTranspose3d")
def build_conv_transpose(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a transposed convolution; ``in_channels`` is what comes in.

    Shape:
        in ``(N, C, *sizes)``, out ``(N, out_channels, *sizes')``; letters stay.
    """
    check_channels_first(layer, inp, int(layer.name[-2]))
    arguments = {"in_channels": inp.sizes[0], **building.arguments(layer)}
    _check_groups(layer, inp, arguments["out_channels"], arguments.get("groups", 1))
    if isinstance(arguments.get("padding"), str):
        raise wrong(layer, "a transposed convolution takes numbers as padding", argument="padding")
    module = make(layer, torch_class(layer), arguments)
    return module, Shape(axes=("C", *inp.axes[1:]), sizes=try_out(layer, module, inp))


def _check_groups(layer: Layer, inp: Shape, out_channels: int, groups: int) -> None:
    if inp.sizes[0] % groups:
        raise cannot_take(layer, inp, f"a number of channels that its {groups} groups divide", argument="groups")
    if out_channels % groups:
        raise wrong(layer, f"{groups} groups do not divide {out_channels} out_channels", argument="groups")
