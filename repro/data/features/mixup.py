"""Mixup: each item of a batch mixed with another one, and its target with that one's."""

from collections.abc import Mapping

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError
from repro.data.seeds import derive


class Mixup(Feature):
    """``share * item + (1 - share) * other`` (Zhang et al. 2018), inputs and targets alike, after all augmentation.

    The share of each item is drawn from Beta(alpha, alpha), the others are the batch in a random order. Classes become
    mixtures of their one-hot rows, so the loss must take probabilities. Draws are made on the CPU, so they are the
    same on any device.

    Args:
        alpha: more than 0; small ones leave most items nearly as they are.

    """

    random = True

    def __init__(self, alpha: float) -> None:
        if alpha <= 0:
            raise FeatureError(f"Mixup: alpha is {alpha}; expected more than 0")
        self.alpha = alpha

    def draw(self, seed: int, count: int) -> tuple[Tensor, Tensor]:
        """Each item's share ``(count,)`` float32, and which other it is mixed with ``(count,)`` int64; on the CPU."""
        from scipy.special import betaincinv  # takes a moment to import

        generator = torch.Generator().manual_seed(derive(seed, "mixup"))
        even = torch.rand(count, generator=generator, dtype=torch.float64)
        others = torch.randperm(count, generator=generator)
        share = torch.from_numpy(betaincinv(self.alpha, self.alpha, even.numpy()))
        return share.float(), others

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """Never: it acts on inputs and targets together (:func:`mixed`)."""
        raise FeatureError("Mixup acts on inputs and targets together; it works under augment only")


def mixed(values: Tensor, share: Tensor, others: Tensor) -> Tensor:
    """Each row ``(N, *sizes)`` mixed with another one."""
    here = share.to(values).view(-1, *(1,) * (values.dim() - 1))
    return values * here + values.index_select(0, others.to(values.device)) * (1 - here)


def mixed_targets(
    targets: Mapping[str, Tensor], classes: Mapping[str, int], share: Tensor, others: Tensor
) -> dict[str, Tensor]:
    """Targets mixed: class indices ``(N,)`` become float32 ``(N, classes)``.

    Args:
        targets: by label.
        classes: number of classes of each label that is a class.
        share: of each item.
        others: what it is mixed with.

    """
    new_targets = {}
    for name, target in targets.items():
        if name in classes:
            target = torch.nn.functional.one_hot(target, classes[name]).float()
        new_targets[name] = mixed(target, share, others)
    return new_targets
