"""Ranks: the processes that train one run together, and what they tell each other."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from repro.data.shard import ALL, Shard

T = TypeVar("T")

SILENT_SECONDS = 600.0
"""After so long without an answer from another rank a run fails. One that died is noticed within seconds."""


@dataclass(frozen=True)
class Ranks:
    """This process among those that train one run; alone by default, and then nothing is ever sent.

    Every method that sends has to be called by all ranks, in the same order. What is decided (to stop, to keep a
    checkpoint, which weights are the best) is decided by rank 0 and told to the others.
    """

    share: Shard = ALL

    @property
    def number(self) -> int:
        """This one's, from 0."""
        return self.share.rank

    @property
    def count(self) -> int:
        """How many there are."""
        return self.share.ranks

    @property
    def is_first(self) -> bool:
        """Whether this is rank 0, which writes all files and decides."""
        return self.number == 0

    @property
    def words(self) -> tuple[str | int, ...]:
        """What a rank adds to the seeds of its random layers, so that no two draw the same; rank 0 adds nothing."""
        return () if self.is_first else ("rank", self.number)

    def agree(self, value: T) -> T:
        """Rank 0's value, a plain one, on every rank."""
        if self.count == 1:
            return value
        values: list[Any] = [value]
        torch.distributed.broadcast_object_list(values, src=0, device=torch.device("cpu"))
        agreed: T = values[0]
        return agreed

    def collect(self, value: T) -> list[T]:
        """Every rank's value, in the order of the ranks, on every rank."""
        if self.count == 1:
            return [value]
        values: list[Any] = [None] * self.count
        torch.distributed.all_gather_object(values, value)
        return values

    def level(self, module: nn.Module) -> None:
        """Give every rank rank 0's buffers (running statistics), before they look at results together."""
        if self.count > 1:
            for buffer in module.buffers():
                torch.distributed.broadcast(buffer.detach(), src=0)

    def in_turn(self, own: Mapping[str, Sequence[Tensor]]) -> dict[str, list[Tensor]]:
        """The outputs of all batches, in order, where rank r had the batches r, r + count, r + 2 count and so on."""
        if self.count == 1:
            return {label: list(outputs) for label, outputs in own.items()}
        kinds = self.collect({label: [(tuple(o.shape), o.dtype) for o in outputs] for label, outputs in own.items()})
        merged: dict[str, list[Tensor]] = {}
        for label, first in kinds[0].items():
            device = own[label][0].device if own else _device()
            for turn in range(len(first)):
                for rank, of_rank in enumerate(kinds):
                    if turn >= len(of_rank.get(label, ())):
                        continue
                    shape, dtype = of_rank[label][turn]
                    here = rank == self.number
                    sent = own[label][turn].contiguous() if here else torch.empty(shape, dtype=dtype, device=device)
                    torch.distributed.broadcast(sent, src=rank)
                    merged.setdefault(label, []).append(sent)
        return merged


ALONE = Ranks()


@contextlib.contextmanager
def joined(share: Shard, accelerator: str, meet: str) -> Iterator[Ranks]:
    """Be one of several ranks during the block.

    Args:
        share: which one of how many.
        accelerator: GPUs talk by NCCL; decisions, and everything on a CPU, go by gloo.
        meet: where ranks find each other, as ``torch.distributed.init_process_group`` takes it: ``file:///PATH`` of a
            file that is not there yet, ``tcp://HOST:PORT``, or ``env://``.

    """
    if sys.platform == "win32":
        raise RuntimeError("training on several devices needs Linux or macOS")
    if not meet.startswith("file:"):
        network: dict[str, str] = {}
    else:  # all on this machine: nothing listens to the outside
        network = {"GLOO_SOCKET_IFNAME": "lo0" if sys.platform == "darwin" else "lo"}
    for name, value in network.items():
        os.environ.setdefault(name, value)
    torch.distributed.init_process_group(
        "cpu:gloo,cuda:nccl" if accelerator == "cuda" else "gloo",
        init_method=meet,
        rank=share.rank,
        world_size=share.ranks,
        timeout=timedelta(seconds=SILENT_SECONDS),
    )
    try:
        yield Ranks(share)
    finally:
        torch.distributed.destroy_process_group()


def lost_the_others(error: BaseException) -> bool:
    """Whether an error only says that another rank is gone, so that the reason is to be looked for there."""
    if isinstance(error, torch.distributed.DistError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(word in text for word in ("gloo", "nccl", "connection", "store"))


def _device() -> torch.device:
    return torch.device("cuda", torch.cuda.current_device()) if "nccl" in _backends() else torch.device("cpu")


def _backends() -> str:
    return str(torch.distributed.get_backend_config())
