"""ModuleFeature: a torchaudio transform, or own code that is no Feature, used as one."""

import copy
from typing import Any

import torch
from torch import Generator, Tensor, nn

from repro.data.features.feature import Feature, FeatureError, need_generator
from repro.data.seeds import derive
from repro.spec.shape import Shape


class ModuleFeature(Feature):
    """Calls ``function(batch)``; a module is copied once to each device that batches come on.

    What is random inside draws from torch's own generators: they are seeded from ours for the call, and put back.

    Args:
        name: what messages call it.
        function: takes ``(N, *sizes)`` and gives ``(N, *other sizes)``.
        random: whether it draws random numbers.
        seed: for a random one under ``features``.
        axes: the axis letters that come out, such as ``C F T``; None: the same as come in, or an F before the T
            where one axis is added.
        takes_complex: whether complex values may come in.

    """

    def __init__(
        self,
        name: str,
        function: Any,
        *,
        random: bool = False,
        seed: int | None = None,
        axes: str | None = None,
        takes_complex: bool = False,
    ) -> None:
        self.name = name
        self.takes_complex = takes_complex  # type: ignore[misc]  # known for each wrapped thing only
        self.random = random  # type: ignore[misc]  # known for each wrapped thing only
        self.seed = seed
        self.place_in_chain = 0
        self.comes_in = torch.float32
        self._function = function
        self._axes = axes
        self._on: dict[torch.device, Any] = {}

    def shape(self, shape: Shape) -> Shape:
        """Found by running it on items of zeros: two, then three, so that it shows when items are mixed."""
        sizes: tuple[int, ...] = ()
        for count in (2, 3):
            with torch.no_grad():
                out = self(torch.zeros((count, *shape.sizes), dtype=self.comes_in), torch.Generator().manual_seed(0))
            if not isinstance(out, Tensor) or out.dim() == 0 or len(out) != count:
                got = tuple(out.shape) if isinstance(out, Tensor) else type(out).__name__
                raise FeatureError(
                    f"{self.name} must give one tensor with as many items as came in; {count} items gave {got}"
                )
            sizes = tuple(out.shape[1:])
            self.gives_complex = out.is_complex()
        return Shape(axes=self._letters(shape, sizes), sizes=sizes)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, *sizes) -> (N, *other sizes)``."""
        function = self._here(batch.device)
        if not self.random:
            out: Tensor = function(batch)
            return out
        seed = derive(need_generator(self.name, generator).initial_seed(), "torch", self.place_in_chain)
        on_gpu = batch.device.type not in ("cpu", "meta")
        with torch.random.fork_rng(
            [batch.device] if on_gpu else [], device_type=batch.device.type if on_gpu else "cuda"
        ):
            torch.manual_seed(seed)
            drawn: Tensor = function(batch)
        return drawn

    def _here(self, device: torch.device) -> Any:
        if not isinstance(self._function, nn.Module):
            return self._function
        if device not in self._on:
            self._on[device] = copy.deepcopy(self._function).to(device).eval()
        return self._on[device]

    def _letters(self, shape: Shape, sizes: tuple[int, ...]) -> tuple[str, ...]:
        if self._axes is not None:
            letters = tuple(self._axes.split())
            if len(letters) != len(sizes):
                raise FeatureError(f"{self.name} says its axes are {self._axes}, but gives {len(sizes)}: {sizes}")
            return letters
        if len(sizes) == len(shape.axes):
            return shape.axes
        if len(sizes) == len(shape.axes) + 1 and "T" in shape.axes and "F" not in shape.axes:
            at = shape.axes.index("T")
            return (*shape.axes[:at], "F", *shape.axes[at:])
        raise FeatureError(
            f"{self.name} turns {shape} into sizes {sizes}, whose axes are not known; say them in a class attribute "
            "axes, such as axes = 'C F T'"
        )
