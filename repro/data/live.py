"""Live: what is done to each batch on its device, namely augmentation and the features after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from repro.data.features.chain import Chain


@dataclass(frozen=True, eq=False)
class Live:
    """For each input the augmentation and the features that come after it; empty for inputs made beforehand."""

    augment: Mapping[str, Chain] = field(default_factory=dict)
    features: Mapping[str, Chain] = field(default_factory=dict)

    @property
    def augments(self) -> bool:
        """Whether anything is augmented."""
        return any(chain.features for chain in self.augment.values())

    @property
    def active(self) -> bool:
        """Whether there is anything to do."""
        return self.augments or any(chain.features for chain in self.features.values())

    def __call__(self, inputs: Mapping[str, Tensor], seed: int | None = None) -> dict[str, Tensor]:
        """The inputs as the model sees them, on the device where they are.

        Args:
            inputs: name to ``(N, *sizes)``.
            seed: what the augmentation draws from; None: no augmentation. The same seed gives the same batch on the
                same kind of device.

        """
        made = {}
        generator: Generator | None = None
        for name, batch in inputs.items():
            augment = self.augment.get(name)
            if augment is not None and augment.features and seed is not None:
                if generator is None:
                    generator = torch.Generator(batch.device).manual_seed(seed)
                batch = augment(batch, generator)
            after = self.features.get(name)
            made[name] = after(batch) if after is not None else batch
        return made
