"""BatchNorm over several ranks: its statistics are those of the whole batch, as in one process, on any device.

torch's own SyncBatchNorm refuses the CPU, takes another object's place (so that what refers to the norm, such as a
frozen layer, loses it), and counts items of an empty share.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


def synchronise(network: nn.Module, is_empty: Callable[[], bool]) -> int:
    """Give every BatchNorm of a net a forward pass that all ranks share; returns how many there are.

    ``is_empty`` says whether this rank's share of the batch in progress is empty: what passes through then is a
    stand-in and counts in no statistics.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.forward = partial(_forward, norm, is_empty)  # type: ignore[method-assign]
    return len(norms)


def _forward(norm: _BatchNorm, is_empty: Callable[[], bool], x: Tensor) -> Tensor:
    """In ``(N, C, ...)``, out the same; float32 within, whatever comes in."""
    if not norm.training:
        return type(norm).forward(norm, x)
    norm._check_input_dim(x)  # type: ignore[no-untyped-call]
    values = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    over = [0, *range(2, x.ndim)]
    counted = values[:0] if is_empty() else values
    places = torch.full((1,), counted.numel() // x.shape[1], dtype=torch.float64, device=x.device)
    added = _all_added(torch.cat([counted.sum(over).double(), places]))
    count = float(added[-1])
    if count < 2:
        raise ValueError(f"BatchNorm needs more than one value per channel, this batch has {count:.0f}")
    shape = (1, -1, *[1] * (x.ndim - 2))
    mean = (added[:-1] / count).to(values.dtype)
    centred = values - mean.view(shape)
    squares = centred[:0] if is_empty() else centred
    variance = (_all_added((squares * squares).sum(over).double()) / count).to(values.dtype)
    _remember(norm, mean.detach(), variance.detach() * (count / (count - 1)))
    normalized = centred * torch.rsqrt(variance + norm.eps).view(shape)
    if norm.affine:
        normalized = normalized * norm.weight.view(shape) + norm.bias.view(shape)
    return normalized.to(x.dtype)


@torch.no_grad()
def _remember(norm: _BatchNorm, mean: Tensor, variance: Tensor) -> None:
    if not norm.track_running_stats or norm.running_mean is None or norm.running_var is None:
        return
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    factor = 1.0 / float(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean.to(norm.running_mean.dtype), factor)
    norm.running_var.lerp_(variance.to(norm.running_var.dtype), factor)


def _all_added(values: Tensor) -> Tensor:
    total: Tensor = _AllAdded.apply(values)
    return total


class _AllAdded(torch.autograd.Function):
    """The sum over ranks; a value goes into every rank's result, so its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        added = values.clone()
        torch.distributed.all_reduce(added)
        return added

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        added = grads[0].clone()
        torch.distributed.all_reduce(added)
        return added
