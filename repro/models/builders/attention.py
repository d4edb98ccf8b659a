"""Attention of a sequence on itself."""

from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.make import make, torch_class, try_out
from repro.models.builders.recurrent import hint
from repro.models.builders.registry import builds
from repro.models.layers.self_attention import SelfAttention
from repro.models.shape_error import cannot_take
from repro.spec.part import Layer
from repro.spec.shape import Shape


@builds("MultiheadAttention TransformerEncoderLayer")
def build_attention(layer: Layer, inp: Shape, building: BuildContext) -> tuple[nn.Module, Shape]:
    """Build self-attention, batch first; ``embed_dim`` or ``d_model``, if not written, is what comes in at each step.

    Shape:
        in ``(N, T, F)``, out the same.
    """
    if len(inp.axes) != 2 or inp.axes[0] != "T":
        raise cannot_take(layer, inp, f"a sequence, (N, T, F){hint(inp)}")
    arguments = {"batch_first": True, **building.arguments(layer)}
    width = "embed_dim" if layer.name == "MultiheadAttention" else "d_model"
    if arguments.setdefault(width, inp.sizes[1]) != inp.sizes[1]:
        raise cannot_take(layer, inp, f"{arguments[width]} at each step, its {width}", argument=width)
    cls = SelfAttention if layer.name == "MultiheadAttention" else torch_class(layer)
    module = make(layer, cls, arguments)
    return module, Shape(axes=("T", "F"), sizes=try_out(layer, module, inp))
