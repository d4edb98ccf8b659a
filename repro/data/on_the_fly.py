"""Live: what is done to each batch on its device, namely augmentation and the features after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from repro.data.features.chain import Chain
from repro.data.features.mixup import Mixup, mixed, mixed_targets


@dataclass(frozen=True, eq=False)
class BatchTransform:
    """For each input the augmentation and the features that come after it; empty for inputs made beforehand.

    ``settled`` are training's augmentations, for a view that has others of its own: where they change the shape, the
    view's act on what they do without drawing. ``mixup`` mixes training batches; ``classes`` are the number of classes
    of each label that has them, for the targets that it makes.
    """

    augment: Mapping[str, Chain] = field(default_factory=dict)
    features: Mapping[str, Chain] = field(default_factory=dict)
    settled: Mapping[str, Chain] = field(default_factory=dict)
    mixup: Mixup | None = None
    classes: Mapping[str, int] = field(default_factory=dict)

    @property
    def augments(self) -> bool:
        """Whether anything is augmented."""
        return self.mixup is not None or any(chain.features for chain in self.augment.values())

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
        batches = {}
        generator: Generator | None = None
        for name, batch in inputs.items():
            batch = _settled(self.settled.get(name), batch)
            augment = self.augment.get(name)
            if augment is not None and augment.features and seed is not None:
                if generator is None:
                    generator = torch.Generator(batch.device).manual_seed(seed)
                batch = augment(batch, generator)
            else:
                batch = _settled(augment, batch)
            after = self.features.get(name)
            batches[name] = after(batch) if after is not None else batch
        return batches

    @torch.no_grad()
    def mix(
        self, inputs: Mapping[str, Tensor], targets: Mapping[str, Tensor], seed: int
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """A training batch, as the model would see it, mixed: all inputs and targets of an item with those of another.

        Targets that are classes come as indices ``(N,)`` and leave as probabilities ``(N, classes)``.
        """
        if self.mixup is None:
            return dict(inputs), dict(targets)
        share, others = self.mixup.draw(seed, len(next(iter(targets.values()))))
        mixed_inputs = {name: mixed(values, share, others) for name, values in inputs.items()}
        return mixed_inputs, mixed_targets(targets, self.classes, share, others)


def _settled(chain: Chain | None, batch: Tensor) -> Tensor:
    for feature in chain.features if chain is not None else ():
        batch = feature.settled(batch)
    return batch
