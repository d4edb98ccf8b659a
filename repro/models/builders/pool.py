"""Pooling: a window slides over the axes behind the channels."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.conv import check_channels_first
from repro.models.builders.make import make, torch_class, try_out
from repro.models.builders.registry import builds
from repro.models.builders.windows import Window, check_fits, each_axis
from repro.models.layers.same_pool import SamePool
from repro.models.shape_error import cannot_take, wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape


@builds("MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d LPPool3d")
def build_pool(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a pooling layer. ``padding: same`` gives ``ceil(size / stride)``; padding wins no maximum, enters no mean.

    A window wider than the axis it slides over is an error, whatever the padding: Q > T or R > F in the course.

    Shape:
        in ``(N, C, *sizes)``, out ``(N, C, *sizes')``; letters stay.
    """
    number = int(layer.name[-2])
    check_channels_first(layer, inp, number)
    arguments = building.arguments(layer)
    if arguments.get("return_indices"):
        raise wrong(layer, "return_indices gives two tensors, and no layer can follow two", argument="return_indices")
    window = pool_window(layer, number)
    for axis, size, span in zip(inp.axes[1:], inp.sizes[1:], window.span, strict=True):
        if span > size:
            needs = f"at least {span} on axis {axis}, as wide as its window, where it gets {size}"
            raise cannot_take(layer, inp, needs, argument="kernel_size")
    if window.padding is None:
        plain = {k: v for k, v in arguments.items() if k not in ("padding", "ceil_mode", "count_include_pad")}
        module: nn.Module = SamePool(make(layer, torch_class(layer), plain), window)
    else:
        check_fits(layer, inp, window)
        for pad, kernel in zip(window.padding, window.kernel, strict=True):
            if 2 * pad > kernel:
                raise wrong(layer, f"padding {pad} is more than half of the window, {kernel}", argument="padding")
        module = make(layer, torch_class(layer), arguments)
    return module, Shape(axes=inp.axes, sizes=(inp.sizes[0], *window.out(inp.sizes[1:])))


def pool_window(layer: Layer, number: int) -> Window:
    """The window of a pooling layer over ``number`` axes; its stride is its width where none is given."""
    kernel = each_axis(layer, "kernel_size", layer.args["kernel_size"], number)
    stride = layer.args.get("stride")
    padding = layer.args.get("padding", 0)
    return Window(
        kernel=kernel,
        stride=kernel if stride is None else each_axis(layer, "stride", stride, number),
        dilation=each_axis(layer, "dilation", layer.args.get("dilation", 1), number),
        padding=None if padding == "same" else each_axis(layer, "padding", padding, number),
        ceil_mode=bool(layer.args.get("ceil_mode", False)),
    )


@builds("AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d")
@builds("AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d FractionalMaxPool2d FractionalMaxPool3d")
def build_sized_pool(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a pooling layer that is told how much to give.

    Shape:
        in ``(N, C, *sizes)``, out ``(N, C, *output_size)``; letters stay.
    """
    check_channels_first(layer, inp, int(layer.name[-2]))
    module = make(layer, torch_class(layer), building.arguments(layer))
    return module, Shape(axes=inp.axes, sizes=try_out(layer, module, inp))
