"""A layer in the course's words: filter banks K x L x C, pooling windows Q x R, and what each channel means.

PyTorch orders a spectrogram's axes (C, F, T) and its kernels (F, T); the course writes T x F x C and K x L x C. So
kernels, windows, strides and paddings are turned here together with the shape. A picture keeps its order, H x W.
"""

from collections.abc import Collection, Sequence

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

from repro.models.builders.build_context import BuiltLayer
from repro.models.builders.conv import conv_window
from repro.models.builders.pool import pool_window
from repro.models.notation import course_letters, course_order
from repro.spec.shape import Shape


def turned(values: Sequence[int], shape: Shape) -> list[int]:
    """Numbers for the axes behind the channels, from PyTorch's order into the course's.

    >>> turned((57, 6), Shape.of("C F T", 2, 60, 41))
    [6, 57]
    """
    return [values[i - 1] for i in course_order(shape) if i > 0]


def course_view(step: BuiltLayer) -> str:
    """What the layer does, in the course's words; layers of ours and own code may say it by ``course_view``."""
    module, inp, layer = step.module, step.inp[0], step.layer
    text = getattr(module, "course_view", None)
    if isinstance(text, str):
        return text
    if isinstance(module, _ConvNd) and not layer.own:
        return _filters(module, step)
    if layer.name.startswith(("MaxPool", "AvgPool", "LPPool")) and not layer.own:
        return _window(step)
    if isinstance(module, nn.Linear):
        return f"{_count(module.out_features, 'unit')} of {module.in_features} weights{_biases(module)}"
    if isinstance(module, nn.RNNBase):
        ways = f"forward and {module.hidden_size} backward " if module.bidirectional else ""
        deep = f", {module.num_layers} layers" if module.num_layers > 1 else ""
        return f"{module.hidden_size} {ways}states, reads {_count(module.input_size, 'feature')} a step{deep}"
    if layer.name == "Repeat":
        return f"{layer.args['times']} times the layers below"
    if layer.name == "Flatten":
        return f"{' x '.join(inp.axes)} in one row"
    if layer.name in ("Concat", "Add"):
        return f"joins {len(step.inp)} inputs"
    return ", ".join(f"{name} {_plain(_each_axis(name, value, inp))}" for name, value in layer.args.items())


_BY_AXIS = frozenset({"output_size", "size", "scale_factor", "kernel_size", "output_ratio"})
"""Arguments that give a number for each axis behind the channels."""


def _each_axis(name: str, value: object, shape: Shape) -> object:
    """An argument's numbers in the course's order, where there is one for each axis behind the channels."""
    if name not in _BY_AXIS or not isinstance(value, tuple) or len(value) != len(shape.axes) - 1:
        return value
    return tuple(turned(value, shape))


def _filters(module: _ConvNd, step: BuiltLayer) -> str:
    inp, layer = step.inp[0], step.layer
    kernel = turned(module.kernel_size, inp)
    channels = module.in_channels // module.groups
    text = f"{_count(module.out_channels, 'filter')} of {_times([*kernel, channels])}{_biases(module)}"
    if isinstance(module, _ConvTransposeNd):
        return text + _extra("stride", turned(module.stride, inp), 1)
    window = conv_window(layer, len(kernel))
    text += _extra("stride", turned(window.stride, inp), 1)
    text += ", padding same" if window.padding is None else _extra("padding", turned(window.padding, inp), 0)
    text += _extra("dilation", turned(window.dilation, inp), 1)
    return text + (f", {module.groups} groups" if module.groups > 1 else "")


def _window(step: BuiltLayer) -> str:
    inp, layer = step.inp[0], step.layer
    window = pool_window(layer, len(inp.axes) - 1)
    kind = {"Max": "maximum", "Avg": "mean"}.get(layer.name[:3], "norm")
    size = turned(window.kernel, inp)
    text = f"{kind} over {'a window of ' if len(size) > 1 else ''}{_times(size)}"
    if len(size) == 1:
        text += " steps" if inp.axes[1] == "T" else f" on {inp.axes[1]}"
    if window.stride != window.kernel:
        text += f", stride {_times(turned(window.stride, inp))}"
    text += ", padding same" if window.padding is None else _extra("padding", turned(window.padding, inp), 0)
    return text + _extra("dilation", turned(window.dilation, inp), 1)


def _extra(name: str, values: Sequence[int], usual: int) -> str:
    if all(value == usual for value in values):
        return ""
    return f", {name} {values[0] if len(set(values)) == 1 else _times(values)}"


def _biases(module: nn.Module) -> str:
    bias = module.bias
    return f", {_count(bias.numel(), 'bias')}" if isinstance(bias, Tensor) else ", no biases"


def _count(number: int, thing: str) -> str:
    plural = {"bias": "biases", "class": "classes"}.get(thing, thing + "s")
    return f"{number} {thing if number == 1 else plural}"


def _times(values: Sequence[object]) -> str:
    return " x ".join(map(str, values))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} lists" if any(isinstance(element, tuple) for element in value) else _times(value)
    return str(value)


def input_meaning(shape: Shape, made_by: Collection[str] = ()) -> str:
    """What the channels or features of an input are; of a lone channel in time, how the course writes it without.

    ``made_by`` are the classes of its features: two channels of a complex spectrogram are known by them.

    >>> input_meaning(Shape.of("C F T", 1, 60, 41)), input_meaning(Shape.of("C T", 1, 8000))
    ('C: the spectrogram (N x T x F)', 'C: the signal (N x T)')
    >>> input_meaning(Shape.of("C F T", 2, 60, 41), ["Spectrogram", "ComplexAsChannels"])
    'C: real and imaginary part of the spectrogram'
    """
    if "C" not in shape.axes:
        return f"F: {_count(shape.size('F'), 'feature')}" if "F" in shape.axes else ""
    kind = "picture" if "H" in shape.axes else "spectrogram" if "F" in shape.axes else "signal"
    channels = shape.size("C")
    if channels == 2 and "ComplexAsChannels" in made_by:
        return f"C: real and imaginary part of the {kind}"
    if channels > 1:
        return f"C: {channels} channels of the {kind}"
    alone = course_letters(shape).removesuffix(" x C")
    return f"C: the {kind} ({alone})" if "T" in shape.axes else f"C: the {kind}"


def channel_meaning(step: BuiltLayer, before: str) -> str:
    """What the channels or features that leave a layer are; ``before`` where it leaves them alone."""
    module, out = step.module, step.out
    if not isinstance(out, Shape):
        return ""
    if isinstance(module, _ConvNd):
        return f"C: {_count(module.out_channels, 'filter')}"
    if isinstance(module, nn.Linear):
        per_class = step.layer.args.get("out_features") == "classes"
        return f"F: {_count(module.out_features, 'class' if per_class else 'unit')}"
    if isinstance(module, nn.RNNBase):
        width = module.proj_size or module.hidden_size
        return f"F: {width} forward, {width} backward states" if module.bidirectional else f"F: {width} states"
    if step.layer.own:
        letter, inp = "C" if "C" in out.axes else out.axes[-1], step.inp[0]
        if letter in inp.axes and inp.size(letter) == out.size(letter):
            return before
        return f"{letter}: {out.size(letter)} from {step.layer.short}"
    if step.layer.name == "Concat":
        dim = step.layer.args.get("dim", 1)
        at = dim - 1 if dim > 0 else dim
        sizes = " + ".join(str(shape.sizes[at]) for shape in step.inp)
        return f"{out.axes[at]}: {sizes}" if out.axes[at] in ("C", "F") else before
    if step.layer.name == "Flatten" and len(step.inp[0].axes) > 1:
        return f"F: {' x '.join(step.inp[0].axes)}, {step.inp[0].axes[-1]} fastest"
    return before
