"""Which builder makes which layer."""

from collections.abc import Callable, Iterable

from torch import nn

from repro.models.builders.build_context import BuildContext, Out
from repro.spec.part import Layer
from repro.spec.shape import Shape

Builder = Callable[[Layer, Shape, BuildContext], tuple[nn.Module, Out]]
"""(layer, shape of one item that comes in, building) -> (module, shape of one item that leaves)."""

BUILDERS: dict[str, Builder] = {}
"""Builders by layer name. A layer that has none here is built by ``any_layer``, and own code by ``own_layer``."""


def builds(names: str | Iterable[str]) -> Callable[[Builder], Builder]:
    """Register a builder for one layer name or several, separated by spaces."""

    def register(builder: Builder) -> Builder:
        for name in names.split() if isinstance(names, str) else names:
            if name in BUILDERS:
                raise ValueError(f"two builders for {name}")
            BUILDERS[name] = builder
        return builder

    return register
