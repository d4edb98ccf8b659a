"""TrainBatches: the batches of an epoch, from any batch on."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import torch

from repro.data.data_error import DataError
from repro.data.epoch_order import epoch_order, steps_per_epoch
from repro.data.prepared import Part
from repro.data.shard import ALL, Shard

Batch = dict[str, Any]
"""``{"inputs": {name: Tensor}, "targets": {label: Tensor}, "items": LongTensor}``."""


class TrainBatches:
    """What a trainer iterates over: one epoch for each ``iter``, starting where the trainer stands.

    Each batch is cut out of the part's tensors at once, on the device where these are. Batches also carry ``step``,
    the number of the batch since the start of training, from which augmentation is seeded.

    Args:
        part: the training part.
        batch_size: items a batch; the last batch of an epoch may be smaller.
        drop_last: leave such a smaller one out.
        seed: the run's seed.
        order: as in the spec.
        position: gives ``(epoch, batches already done in it)`` when an epoch's first batch is asked for.
        share: cut this process's share of the inputs only; targets and items are always the whole batch's.

    """

    def __init__(
        self,
        part: Part,
        *,
        batch_size: int,
        seed: int,
        order: Literal["shuffled", "fixed"],
        position: Callable[[], tuple[int, int]],
        share: Shard = ALL,
        drop_last: bool = False,
    ) -> None:
        self.part = part
        self.batch_size = batch_size
        self.seed = seed
        self.order = order
        self._position = position
        self._share = share
        self._drop_last = drop_last

    def __len__(self) -> int:
        return steps_per_epoch(len(self.part), self.batch_size, drop_last=self._drop_last)

    def __iter__(self) -> Iterator[Batch]:
        epoch, done = self._position()  # asked for with the first batch, when the trainer has set its counters
        yield from self.epoch(epoch, start=done)

    def epoch(self, epoch: int, start: int = 0, *, items: bool = True) -> Iterator[Batch]:
        """The batches of one epoch, from its batch ``start`` on; without ``items`` they don't say which these are."""
        order = epoch_order(len(self.part), seed=self.seed, epoch=epoch, order=self.order)
        order = order.to(self.part.items.device)
        in_epoch = len(self)
        for number in range(start, in_epoch):
            at = order[number * self.batch_size : (number + 1) * self.batch_size]
            batch = cut_batch(self.part, at, self._share, items=items)
            batch["step"] = epoch * in_epoch + number
            yield batch

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps: nothing but what the order follows from."""
        return {"items": len(self.part), "batch_size": self.batch_size, "seed": self.seed, "order": self.order}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Check that a checkpoint belongs to this order; DataError when it does not."""
        if state != self.state_dict():
            raise DataError(f"the checkpoint was made with batches {state}; these are {self.state_dict()}")


def cut_batch(part: Part, at: torch.Tensor, share: Shard = ALL, *, items: bool = True) -> Batch:
    """The items at these positions of the part, as a batch; of the inputs one process's share."""
    first, end = share.fed(len(at))
    mine = at if share.ranks == 1 else at[first:end]
    batch: Batch = {
        "inputs": {name: values.index_select(0, mine) for name, values in part.inputs.items()},
        "targets": {name: values.index_select(0, at) for name, values in part.targets.items()},
    }
    if items:
        batch["items"] = part.items.index_select(0, at)
    return batch
