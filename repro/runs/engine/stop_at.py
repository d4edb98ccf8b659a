"""Training that stops itself, to be gone on with."""

from typing import Any

from lightning import Callback, LightningModule, Trainer

from repro.training.stop import StopFlag


class StopAt(Callback):
    """Asks the run to stop once so many updates are done."""

    def __init__(self, step: int, stop: StopFlag) -> None:
        self._step, self._stop = step, stop

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each batch or chunk; the checkpoint callback sees the flag at this very step edge."""
        if trainer.global_step >= self._step:
            self._stop.set()
