"""EvalBatches: a whole part in order, in large batches."""

from collections.abc import Iterator

import torch

from repro.data.on_the_fly import BatchTransform
from repro.data.prepared import Data, Part
from repro.data.seeds import derive
from repro.data.shard import ALL, Shard
from repro.data.train_batches import Batch, cut_batch

EVAL_ITEMS = 1000
"""Items a batch. Fixed, because the random numbers of a view's augmentation are drawn batch by batch."""


class EvalBatches:
    """The items of a part, each once, in order; as stored, before live features.

    With a share every so many-th batch, as whole as it is.
    """

    def __init__(self, part: Part, share: Shard = ALL) -> None:
        self.part = part
        self._share = share

    def __len__(self) -> int:
        return len(self._starts())

    def _starts(self) -> range:
        return range(self._share.rank * EVAL_ITEMS, len(self.part), self._share.ranks * EVAL_ITEMS)

    def __iter__(self) -> Iterator[Batch]:
        for start in self._starts():
            end = min(start + EVAL_ITEMS, len(self.part))
            yield cut_batch(self.part, torch.arange(start, end, device=self.part.items.device))


def evaluation_batches(
    data: Data, view: str, device: torch.device | str = "cpu", share: Shard = ALL
) -> Iterator[Batch]:
    """Batches of a part or view as the model sees them, on a device: live features done, nothing augmented.

    A view that has an augmentation of its own gets that one, drawn from the view's name and the place in the part:
    the same for every run and model.

    Args:
        data: of the run.
        view: ``train``, ``validation``, ``test``, or the name of a view that ``data.parts`` holds.
        device: where the batches go.
        share: batch number b is given to rank b modulo their number only; each is what one process would have.

    """
    live: BatchTransform = data.views.get(view, data.live)
    for own, batch in enumerate(EvalBatches(data.parts[view], share)):
        number = own * share.ranks + share.rank
        seed = derive(0, "view", view, number) if view in data.views else None
        inputs = {name: values.to(device, non_blocking=True) for name, values in batch["inputs"].items()}
        yield {
            "inputs": live(inputs, seed),
            "targets": {name: values.to(device, non_blocking=True) for name, values in batch["targets"].items()},
            "items": batch["items"].to(device, non_blocking=True),
        }
