"""The callback that keeps a run alive over its process: it writes checkpoints, and stops when it is asked to."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lightning import Callback, LightningModule, Trainer

from repro.spec.experiment import Cadence
from repro.training.generators import restore_rng_state, rng_state
from repro.training.ranks import ALONE, Ranks
from repro.training.step_word import StepWord
from repro.training.stop import StopFlag, Stopped

EPOCH_EDGE_SECONDS = 5.0
"""At the end of an epoch a checkpoint is written where the last one is at least this old, whatever the cadence."""


@dataclass(frozen=True)
class CheckpointConfig:
    """Where a run's checkpoint lies, and how often it is written; ``identity`` is whose it is."""

    path: Path
    identity: str
    every: Cadence


class CheckpointCallback(Callback):
    """Writes a checkpoint at step edges when one is due, and at the next edge when the run is asked to stop.

    Due means: ``checkpointing.every`` is over, or an epoch ends and the last one is some seconds old. A checkpoint that
    the disk does not take is said on standard error and training goes on; the one before it stays. Of several
    ``ranks`` rank 0 alone writes, and is asked to stop; all stop, and all go on, at the same step.
    """

    def __init__(
        self,
        checkpointing: CheckpointConfig | None,
        stop: StopFlag | None,
        *,
        steps: int,
        steps_in_epoch: int,
        ranks: Ranks = ALONE,
    ) -> None:
        self._ranks, self._word = ranks, StepWord(ranks)
        self._checkpointing, self._stop = checkpointing, stop
        self._steps, self._steps_in_epoch = steps, steps_in_epoch
        self._kept_at = self._seen = 0
        self._kept_time = self._began = time.monotonic()
        self._generators: list[dict[str, Any]] | None = None
        self.seconds_before = 0.0
        self.resumed: tuple[int, ...] = ()
        self.written = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """After a checkpoint was read: give the generators their state, as late as possible."""
        self._kept_at = self._seen = trainer.global_step
        if self._generators is not None:
            self.resumed = (*self.resumed, trainer.global_step)
            restore_rng_state(self._generators[self._ranks.number])
            self._generators = None

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """At every step edge, before the next batch: all that belongs to the last update, its schedule too, is done."""
        step = trainer.global_step
        if step == self._seen:
            return  # nothing is done yet, or gradients are still being gathered
        self._seen = step
        stop_requested, due = self._word.at(
            step, lambda: (self._stop is not None and self._stop.is_set, self._by_clock(step))
        )
        if stop_requested or due or self._by_count(step):
            saved = self._keep(trainer, step)
            if stop_requested:
                raise Stopped(step, kept=saved)

    def due_step(self, step: int) -> int:
        """The step after ``step`` at which a checkpoint is certain to be due, for cadences that count steps."""
        every = self._every_steps()
        return self._steps if every is None or self._checkpointing is None else (step // every + 1) * every

    def state_dict(self) -> dict[str, Any]:
        """What goes into a checkpoint."""
        return {
            "generators": self._ranks.collect(rng_state()),
            "resumed": list(self.resumed),
            "seconds": self.seconds_before + time.monotonic() - self._began,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What comes out of one."""
        self._generators = state_dict["generators"]
        self.resumed = tuple(state_dict["resumed"])
        self.seconds_before = float(state_dict["seconds"])

    def _by_count(self, step: int) -> bool:
        """Whether a cadence that counts steps is over, which every rank knows by itself."""
        every = self._every_steps()
        return every is not None and step // every > self._kept_at // every

    def _by_clock(self, step: int) -> bool:
        if self._checkpointing is None or self._every_steps() is not None:
            return False
        passed = time.monotonic() - self._kept_time
        edge = step // self._steps_in_epoch > self._kept_at // self._steps_in_epoch
        return passed >= self._checkpointing.every.number or (edge and passed >= EPOCH_EDGE_SECONDS)

    def _every_steps(self) -> int | None:
        if self._checkpointing is None or self._checkpointing.every.unit == "seconds":
            return None
        return self._checkpointing.every.number * (
            self._steps_in_epoch if self._checkpointing.every.unit == "epochs" else 1
        )

    def _keep(self, trainer: Trainer, step: int) -> bool:
        if self._checkpointing is None:
            return False
        saved = True
        try:
            trainer.save_checkpoint(self._checkpointing.path, weights_only=False)
        except OSError as error:
            sys.stderr.write(
                f"note: no checkpoint at step {step}: {self._checkpointing.path}: {error.strerror or error}\n"
            )
            trainer.strategy.barrier()  # the other ranks wait there for the file to be written
            saved = False
        finally:
            self._kept_at, self._kept_time = step, time.monotonic()
        saved = self._ranks.agree(saved)
        self.written += saved
        return saved
