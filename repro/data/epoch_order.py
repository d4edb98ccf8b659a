"""The order in which training items come: a function of (seed, epoch), and of nothing else."""

from typing import Literal

import torch
from torch import Tensor

from repro.data.seeds import derive


def epoch_order(count: int, *, seed: int, epoch: int, order: Literal["shuffled", "fixed"]) -> Tensor:
    """Positions of all ``count`` items in the order of one epoch, int64 on the CPU.

    ``shuffled`` is a permutation drawn for each epoch; ``fixed`` is the order of the data, again in each epoch, so
    that for a count divisible by the batch size step s trains on items ``s * batch_size mod count`` onwards.
    """
    if order == "fixed":
        return torch.arange(count)
    return torch.randperm(count, generator=torch.Generator().manual_seed(derive(seed, "order", epoch)))


def steps_per_epoch(count: int, batch_size: int, *, drop_last: bool = False) -> int:
    """Batches an epoch; the last one may be smaller, and is left out then where ``drop_last`` says so.

    >>> steps_per_epoch(4000, 100), steps_per_epoch(4001, 100), steps_per_epoch(4001, 100, drop_last=True)
    (40, 41, 40)
    """
    return count // batch_size if drop_last else -(-count // batch_size)
