"""The chunked path: one step of Lightning's trains many of ours, with nothing between them that a bare loop lacks."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from lightning import LightningModule
from lightning.fabric.utilities import move_data_to_device
from torch.optim import Optimizer

from repro.data.datamodule import DataModule
from repro.data.train_batches import Batch, TrainBatches
from repro.training.module import Module
from repro.training.stop import StopFlag

CHUNK_SECONDS = 0.5
"""A chunk ends at the first step edge after this; so nobody waits longer for a look at the clock or at a flag."""

Edges = Callable[[int], int]
"""Given a step, the next one at which a chunk has to end."""


class ChunkedModule(LightningModule):
    """Calls ``module.training_step`` many times in one of Lightning's steps.

    A chunk ends where something is to happen: at the nearest of ``edges`` (a look, a checkpoint, the turn of a
    schedule that watches a value), after :data:`CHUNK_SECONDS`, and when ``stop`` is set. Then Lightning's own count
    of optimizer steps goes on by as many, so ``global_step``, ``max_steps``, checkpoints and loggers are right. Which
    batch comes is read off ``global_step``, never off a loader's position. Schedules that watch nothing are stepped
    here.

    The same bytes come out as when Lightning takes each step by itself.
    """

    def __init__(
        self,
        module: Module,
        batches: TrainBatches,
        data: DataModule,
        *,
        edges: Sequence[Edges],
        steps: int,
        stop: StopFlag | None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.module = module
        self._plain = (module,)  # torch looks modules up slowly
        self._live = data.data.live.active
        self._moves = batches.part.items.device != module.device
        self._batches, self._data = batches, data
        self._edges, self._steps, self._stop = tuple(edges), steps, stop or StopFlag()
        self._in_epoch = len(batches)
        self._coming: Iterator[Batch] = iter(())
        self._next_step = -1
        self._schedule_config: dict[str, Any] | None = None

    def configure_optimizers(self) -> Any:
        """The module's own. When its schedule is stepped, and by what, Lightning forgets here; we keep it."""
        optimizers = self.module.configure_optimizers()
        self._schedule_config = optimizers["lr_scheduler"] if isinstance(optimizers, dict) else None
        return optimizers

    def training_step(self, batch: Any, batch_idx: int = 0) -> None:
        """A chunk: from Lightning's count of steps on, as many as there is room for."""
        optimizer = self._optimizer()
        first = step = self.global_step
        last = min(self._steps, *(edge(step) for edge in self._edges))
        until = time.monotonic() + CHUNK_SECONDS
        while step < last:
            self._one(step, optimizer)
            step += 1
            self._schedule(step)
            if self._stop.is_set or time.monotonic() > until:
                break
        progress = self.trainer.fit_loop.epoch_loop.manual_optimization.optim_step_progress
        progress.increment_by(step - first)

    def _one(self, step: int, optimizer: Optimizer) -> None:
        module = self._plain[0]
        batch = self._batch(step)
        module.begin_step(step, step % self._in_epoch)
        module.one_step(batch, optimizer)

    def _batch(self, step: int) -> Batch:
        if step != self._next_step or step % self._in_epoch == 0:
            epoch, start = divmod(step, self._in_epoch)
            self._coming = self._batches.epoch(epoch, start, items=False)
        self._next_step = step + 1
        batch = next(self._coming)
        if self._moves:
            batch = move_data_to_device(batch, self.module.device)
        return self._data.on_after_batch_transfer(batch, 0) if self._live else batch

    def _schedule(self, step: int) -> None:
        config = self._schedule_config
        if config is None or "monitor" in config:
            return  # what watches a value is stepped after the look
        if config["interval"] == "step" or step % self._in_epoch == 0:
            self.module.lr_scheduler_step(config["scheduler"], None)

    def _optimizer(self) -> Optimizer:
        optimizer = self.optimizers(use_pl_optimizer=False)
        assert isinstance(optimizer, torch.optim.Optimizer)
        return optimizer


class Chunks:
    """What Lightning iterates over on the chunked path: numbers without end, one a chunk."""

    def __iter__(self) -> Iterator[int]:
        return itertools.count()
