"""Recurrent layers: a sequence in, a sequence out."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make
from repro.models.builders.registry import builds
from repro.models.layers.recurrent import GRU, LSTM, RNN
from repro.models.shape_error import cannot_take
from repro.spec.part import Layer
from repro.spec.shape import Shape

_CLASSES: dict[str, type[nn.RNNBase]] = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}


@builds("RNN GRU LSTM")
def build_recurrent(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build a recurrent layer, batch first; ``input_size`` is what comes in at each step. It hands on the sequence.

    Shape:
        in ``(N, T, F)`` (or ``(N, T, C)``), out ``(N, T, H * directions)`` with letters T F.
    """
    if len(inp.axes) != 2 or inp.axes[0] != "T":
        raise cannot_take(layer, inp, f"a sequence, (N, T, F){hint(inp)}")
    arguments = building.arguments(layer)
    module = make(layer, _CLASSES[layer.name], {"input_size": inp.sizes[1], "batch_first": True, **arguments})
    width = arguments.get("proj_size") or arguments["hidden_size"]
    return module, Shape.of("T F", inp.sizes[0], width * (2 if arguments.get("bidirectional") else 1))


def hint(inp: Shape) -> str:
    """Which Rearrange makes a sequence of what comes in; nothing when no time axis comes in."""
    if "T" not in inp.axes or len(inp.axes) < 2:
        return ""
    before = " ".join(["n", *inp.axes]).lower()
    rest = " ".join(a for a in inp.axes if a != "T").lower()
    after = f"n t {rest}" if len(inp.axes) == 2 else f"n t ({rest})"
    return f"; put Rearrange: {{pattern: {before} -> {after}}} before it"
