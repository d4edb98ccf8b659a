"""The outputs of a whole batch, put together from the ranks' shares, so that any loss is that of the whole batch."""

from typing import Any

import torch
from torch import Tensor

from repro.data.shard import Shard


def whole_batch(own: Tensor, share: Shard, items: int) -> Tensor:
    """The outputs for all ``items`` of a batch on every rank, each rank having those of its share.

    The value is the same everywhere, so every rank works out the same loss, whatever loss it is: a mean, a sum, one
    with weighted classes, or own code that compares items. Its gradient flows back into the rank's own items alone,
    times the number of ranks; since DDP takes the mean over ranks, the weights get the gradient of the whole batch's
    loss. What does not come through here (penalties on weights) has the same gradient on every rank, and the mean
    counts it once.

    Shape:
        ``own`` ``(share, *sizes)``, out ``(items, *sizes)``. For an empty share ``own`` has one row, which is left out.
    """
    first, end = share.of(items)
    gathered: Tensor = _WholeBatch.apply(own[: end - first], share, items)
    return gathered


class _WholeBatch(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, own: Tensor, share: Shard, items: int) -> Tensor:
        ctx.share, ctx.items = share, items
        padded = own.new_zeros(share.largest(items), *own.shape[1:])
        padded[: len(own)] = own
        parts = [torch.empty_like(padded) for _ in range(share.ranks)]
        torch.distributed.all_gather(parts, padded)
        ends = [share.of(items, rank) for rank in range(share.ranks)]
        return torch.cat([part[: end - first] for part, (first, end) in zip(parts, ends, strict=True)])

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        first, end = ctx.share.of(ctx.items)
        return grads[0][first:end] * ctx.share.ranks, None, None
