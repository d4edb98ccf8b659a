"""What the builders share while one network is being built."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from repro.models.shape_error import wrong
from repro.spec.part import Layer
from repro.spec.shape import Shape

Out = Shape | dict[str, Shape]
"""What leaves a layer: one tensor, or (own code at the end of a block) one for each label."""


@dataclass
class BuiltLayer:
    """One layer that was built: what came in, what it is, what leaves it.

    ``within`` are the labels of the Residuals and Repeats around it, ``depth`` how many stand around it, ``block`` the
    block it belongs to. Inner layers come after the Residual or Repeat that holds them.
    """

    layer: Layer
    inp: tuple[Shape, ...]
    block: str
    within: tuple[str, ...] = ()
    depth: int = 0
    module: nn.Module | None = None
    out: Out | None = None
    part: str = ""


@dataclass
class BuildContext:
    """The facts that layers ask for, and the record of what was built, in order.

    Args:
        folder: where own code lies.
        classes: number of classes of the label that the block leads to; None for a label that has none.
        label_name: that label's name.
        label: that label, as the spec has it.
        rate: sampling rate of the data in hertz, where known.
        own_code: whether own code may be loaded and run.
        meta: build without memory and without random draws, for shapes and counts alone.

    """

    folder: Path
    classes: int | None = None
    label_name: str = ""
    label: Any = None
    rate: float | None = None
    own_code: bool = True
    meta: bool = False
    block: str = ""
    steps: list[BuiltLayer] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    depth: int = 0

    @contextmanager
    def inside(self, layer: Layer) -> Iterator[None]:
        """While the inner layers of a Residual or Repeat are built."""
        self.depth += 1
        if layer.label:
            self.within.append(layer.label)
        try:
            yield
        finally:
            self.depth -= 1
            if layer.label:
                self.within.pop()

    def arguments(self, layer: Layer) -> dict[str, Any]:
        """The layer's arguments, with ``classes`` put in; SpecError for ``classes`` where the label has none."""
        arguments = dict(layer.args)
        for name in ("out_features", "out_channels"):
            if arguments.get(name) == "classes":
                if self.classes is None:
                    text = f"label {self.label_name!r} has no classes; write the number of outputs"
                    raise wrong(layer, text, argument=name)
                arguments[name] = self.classes
        return arguments
