"""What is said of a layer that cannot be built, always at its line in the spec."""

from repro.models.notation import both
from repro.spec.part import Layer
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


class ShapeError(SpecError):
    """A layer that cannot take the shape that reaches it."""


def key_of(layer: Layer) -> str:
    """What a message calls the layer: the path that a change would write, else its class."""
    return layer.path or layer.label or layer.name


def cannot_take(layer: Layer, inp: Shape, needs: str, *, argument: str | None = None) -> ShapeError:
    """The error for a shape that cannot work.

    Args:
        layer: the layer, which knows its place.
        inp: shape of one item that comes in.
        needs: what the layer needs, to go after "Conv1d needs".
        argument: the argument that is at fault, when it is one; the message then stands at its place.

    """
    text = f"{layer.short} needs {needs}; what comes in is {both(inp)}"
    return ShapeError([Problem(_place(layer, argument), _key(layer, argument), text)])


def wrong(layer: Layer, text: str, *, argument: str | None = None) -> SpecError:
    """The error for a layer that is wrong whatever comes in."""
    return SpecError([Problem(_place(layer, argument), _key(layer, argument), text)])


def _place(layer: Layer, argument: str | None) -> Place:
    return layer.places.get(argument, layer.place) if argument else layer.place


def _key(layer: Layer, argument: str | None) -> str:
    return f"{key_of(layer)}.{argument}" if argument else key_of(layer)
