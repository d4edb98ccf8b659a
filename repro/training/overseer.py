"""The callback of our runner: looks when the spec says so, notes what it saw, stops what diverged."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from lightning import Callback, LightningModule, Trainer

from repro.training.look import Lookout, SealedLookout, flat
from repro.training.module import Module
from repro.training.outcome import Look, Score, Values
from repro.training.tape import Tape
from repro.training.watch import Watch

OnProgress = Callable[[int, int, Mapping[str, float]], None]

_TELL_SECONDS = 0.5
_CHECK_STEPS = 500


class DivergedError(RuntimeError):
    """The objective was no finite number at ``step``."""

    def __init__(self, step: int) -> None:
        super().__init__(f"diverged at step {step}")
        self.step = step


class Overseer(Callback):
    """Looks at views every ``every`` steps and at the last step.

    ``open_views`` are looked at into :attr:`history`; ``sealed`` keeps what it sees to itself. ``watch`` decides on
    the open values alone.
    """

    def __init__(
        self,
        *,
        module: Module,
        lookout: Lookout,
        sealed: SealedLookout,
        open_views: tuple[str, ...],
        watch: Watch | None,
        steps: int,
        steps_in_epoch: int,
        every: int,
        on_progress: OnProgress | None,
    ) -> None:
        self._lookout, self._sealed, self._open_views, self._watch = lookout, sealed, open_views, watch
        self._steps, self._steps_in_epoch, self._every = steps, steps_in_epoch, every
        self._on_progress = on_progress
        self._tape = module.tape = Tape(module.metrics())
        self._seen_step = 0
        self._told = time.monotonic()
        self._values: Values = {}
        self.history: list[Look] = []
        self.running: dict[str, Score] = {}
        self.seconds = 0.0
        self.stopped_at: int | None = None

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each batch; nothing is read from the device but at a look, a progress line, or every 500 steps."""
        step = trainer.global_step
        if step == self._seen_step:
            return  # gradients are still being gathered
        self._seen_step = step
        if step % self._every == 0 or step == self._steps:
            self._look(trainer, pl_module, step)
        elif self._on_progress is not None and time.monotonic() - self._told > _TELL_SECONDS:
            self._check(step)
            self._tell(step)
        elif step % _CHECK_STEPS == 0:
            self._check(step)

    def _check(self, step: int) -> None:
        bad = self._tape.first_bad(step)
        if bad is not None:
            raise DivergedError(bad)

    def _look(self, trainer: Trainer, module: LightningModule, step: int) -> None:
        self._check(step)
        assert isinstance(module, Module)
        began = time.monotonic()
        epoch = step / self._steps_in_epoch
        running, items = self._tape.read()
        self.running = {label: Score(values, items) for label, values in running.items()}
        values = flat("running", self.running)
        for view in self._open_views:
            values |= flat(view, self._lookout.look(view))
        self.history.append(Look(step, epoch, values))
        self._sealed.look(step, epoch)
        for key, value in values.items():
            trainer.callback_metrics[key] = torch.tensor(value)  # what ReduceLROnPlateau reads
        if self._watch is not None and self._watch.see(values, step, epoch, module.network):
            self.stopped_at = step
            trainer.should_stop = True
        self._values = values
        self.seconds += time.monotonic() - began
        self._tell(step)

    def _tell(self, step: int) -> None:
        self._told = time.monotonic()
        if self._on_progress is not None:
            self._on_progress(step, self._steps, self._values)
