"""Own code: ``model.py:Class`` of the spec's folder."""

import inspect
import traceback
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from repro.data.own_code import OwnCodeError, load_own
from repro.models.builders.any_layer import guess_letters
from repro.models.builders.build_context import BuildContext, Out
from repro.models.builders.make import first_line, run_quietly
from repro.models.notation import both
from repro.models.shape_error import ShapeError, key_of, wrong
from repro.spec.part import Layer
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


class OwnCodeNotRun(SpecError):
    """The layer's shape is known only when its code runs, and it may not run here."""


def build_own(layer: Layer, inputs: tuple[Shape, ...], building: BuildContext) -> tuple[nn.Module, Out]:
    """Build a layer of own code, and try it on zeros to see what leaves it.

    A class that has ``in_shape`` (sizes of one item; a tuple of sizes for each of several inputs), ``classes`` (their
    number), ``label`` (the spec's Label) or ``rate`` (hertz) in its ``__init__`` gets them. Axis letters that leave are
    the class's ``out_axes`` (such as ``"T F"``) where it has that attribute; else those that came in if there are as
    many; else F, C T or C F T by their number.

    Errors:
        OwnCodeNotRun when ``building.own_code`` is False. SpecError at the layer's line, with file and line of the
        own code, for whatever that code raises.
    """
    if not building.own_code:
        raise OwnCodeNotRun(wrong(layer, "its shape is known only when its code runs").problems)
    file, name = layer.own or ("", "")
    try:
        cls = load_own(building.folder, file, name)
    except OwnCodeError as error:
        raise wrong(layer, str(error)) from error
    arguments = {**building.arguments(layer), **_given(layer, cls, inputs, building)}
    with torch.device("cpu"):  # own code may look at values, so it is never built without memory
        module = _call(layer, building.folder, inputs, lambda: cls(**arguments))
        if not isinstance(module, nn.Module):
            raise wrong(layer, f"{layer.short} is no torch.nn.Module, so it cannot be a layer")
        out = _call(layer, building.folder, inputs, lambda: run_quietly(module, *inputs))
    return module, _shape_of(layer, module, inputs, out)


def _given(layer: Layer, cls: type, inputs: tuple[Shape, ...], building: BuildContext) -> dict[str, Any]:
    sizes = tuple(shape.sizes for shape in inputs)
    known = {
        "in_shape": sizes[0] if len(sizes) == 1 else sizes,
        "classes": building.classes,
        "label": building.label,
        "rate": building.rate,
    }
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    arguments = {name: value for name, value in known.items() if name in parameters and name not in layer.args}
    for name, value in arguments.items():
        if value is None and parameters[name].default is inspect.Parameter.empty:
            raise wrong(layer, f"{layer.short} asks for {name}, which these data do not have")
    return {name: value for name, value in arguments.items() if value is not None}


def _call(layer: Layer, folder: Path, inputs: tuple[Shape, ...], run: Any) -> Any:
    try:
        return run()
    except SpecError:
        raise
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).parent == folder.resolve()]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}: " if frames else ""
        came = " and ".join(both(shape) for shape in inputs)
        text = f"{where}{type(error).__name__}: {first_line(error)}; what comes in is {came}"
        raise ShapeError([Problem(layer.place, key_of(layer), text)]) from error


def _shape_of(layer: Layer, module: nn.Module, inputs: tuple[Shape, ...], out: Any) -> Out:
    if isinstance(out, dict):
        shapes = {str(name): _shape_of(layer, module, inputs, value) for name, value in out.items()}
        return {name: shape for name, shape in shapes.items() if isinstance(shape, Shape)}
    if not isinstance(out, Tensor):
        text = f"{layer.short} gives a {type(out).__name__}; it must give a tensor, or a dict of tensors by label"
        raise wrong(layer, text)
    if out.ndim < 1 or out.shape[0] != 2:
        text = f"{layer.short} gives {tuple(out.shape)} for a batch of 2; the batch axis must stay first"
        raise ShapeError([Problem(layer.place, key_of(layer), text)])
    sizes = tuple(out.shape[1:])
    axes = getattr(module, "out_axes", None)
    if axes is None:
        return guess_letters(inputs[0], sizes)
    if len(axes.split()) != len(sizes):
        raise wrong(layer, f"{layer.short} gives {len(sizes)} axes, and its out_axes names {len(axes.split())}")
    return Shape.of(axes, *sizes)
