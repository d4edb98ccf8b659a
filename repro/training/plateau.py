"""ReduceLROnPlateau is stepped here, on both paths: Lightning leaves a step out after it was restarted."""

from typing import Any

from lightning import Callback, LightningModule, Trainer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from repro.training.module import Module


class Plateau(Callback):
    """Steps the run's ReduceLROnPlateau, if it has one, with the newest value of what it watches.

    It stands behind the callback that looks, so a look at the same step is known to it.
    """

    def __init__(self, module: Module, *, steps: int, steps_in_epoch: int) -> None:
        schedule = module.experiment.scheduler
        self._module, self._steps = module, steps
        self._every = 1 if schedule is not None and schedule.every == "step" else steps_in_epoch
        self._seen = 0
        module.steps_plateau_itself = True

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """What was done before a checkpoint is not done again."""
        self._seen = trainer.global_step

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After a look, where it is the schedule's turn."""
        step = trainer.global_step
        if step == self._seen:
            return  # gradients are still being gathered
        self._seen = step
        if step % self._every:
            return
        for config in trainer.lr_scheduler_configs:
            if isinstance(config.scheduler, ReduceLROnPlateau):
                self._module.lr_scheduler_step(config.scheduler, trainer.callback_metrics[self._module.watched()])

    def due_step(self, step: int) -> int:
        """The step after ``step`` at which the schedule has its turn; the last one where there is none."""
        schedule = self._module.experiment.scheduler
        if schedule is None or schedule.entry.name != "ReduceLROnPlateau":
            return self._steps
        return min(self._steps, (step // self._every + 1) * self._every)
