"""DataModule: a run's data as Lightning takes them."""

from typing import Any

import torch
from lightning.pytorch import LightningDataModule

from repro.data.data_error import DataError
from repro.data.device_cache import on_device
from repro.data.eval_batches import EvalBatches
from repro.data.prepared import Data, Part
from repro.data.seeds import derive
from repro.data.shard import ALL, Shard
from repro.data.train_batches import Batch, TrainBatches
from repro.spec.experiment import Experiment


class DataModule(LightningDataModule):
    """Gives batches ``{"inputs": {name: Tensor}, "targets": {label: Tensor}, "items": LongTensor}``.

    The order is a function of (seed, epoch), the augmentation of (seed, step); so training that was stopped after any
    batch and goes on from Lightning's checkpoint sees the batches that it would have seen. Parts are moved to the
    trainer's device once, where they fit; no worker processes are used.

    Args:
        data: what :func:`repro.data.prepare.prepare` made.
        experiment: gives batch size and order.
        seed: the run's seed.
        share: with several processes the inputs of a training batch are this one's share, targets and items the whole
            batch's. What is augmented is augmented whole and shared out then, so that every item gets what it would
            get in one process.

    """

    def __init__(self, data: Data, experiment: Experiment, seed: int, share: Shard = ALL) -> None:
        super().__init__()
        self.data = data
        self.seed = seed
        self.share = share
        self.batch_size = experiment.training.batch_size
        self.order = experiment.training.order
        self.drop_last = experiment.training.drop_last
        if "validation" not in data.parts:  # Lightning looks whether the hook is still its own
            self.val_dataloader = super().val_dataloader  # type: ignore[method-assign]

    def train_dataloader(self) -> TrainBatches:
        """One epoch of training batches for each iteration. DataError when the spec has no batch size."""
        return self.batches_on(self._device)

    def batches_on(self, device: torch.device) -> TrainBatches:
        """The training batches, cut on ``device`` where the part fits there."""
        if self.batch_size is None:
            raise DataError("training.batch_size is missing")
        return TrainBatches(
            on_device(self.data.parts["train"], device),
            batch_size=self.batch_size,
            seed=self.seed,
            order=self.order,
            position=self._where_training_stands,
            share=ALL if self.data.live.augments else self.share,
            drop_last=self.drop_last,
        )

    def val_dataloader(self) -> EvalBatches:
        """The validation part. Where there is none Lightning skips validation."""
        return EvalBatches(self._part("validation"))

    def test_dataloader(self) -> EvalBatches:
        """The test part."""
        return EvalBatches(self._part("test"))

    def predict_dataloader(self) -> EvalBatches:
        """The test part."""
        return self.test_dataloader()

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Augment a training batch, and compute live features, on the device where the batch now is."""
        step = batch.get("step")
        seed = derive(self.seed, "augment", step) if step is not None and self.data.live.augments else None
        inputs = self.data.live(batch["inputs"], seed) if self.data.live.active else batch["inputs"]
        if seed is not None and self.data.live.mixup is not None:
            inputs, targets = self.data.live.mix(inputs, batch["targets"], seed)
            batch = {**batch, "targets": targets}
        if seed is not None:
            first, end = self.share.fed(len(next(iter(batch["targets"].values()))))
            inputs = {name: values[first:end] for name, values in inputs.items()}
        return {**{name: batch[name] for name in ("targets", "items") if name in batch}, "inputs": inputs}

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps of the data: their hashes."""
        return {"data_sha256": self.data.data_sha256, "splits_sha256": self.data.splits_sha256}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Check that a checkpoint was made on these data and splits; DataError when it was not."""
        if state_dict != self.state_dict():
            raise DataError("the checkpoint was made on other data or splits; it cannot be continued on these")

    def _part(self, name: str) -> Part:
        return on_device(self.data.parts[name], self._device)

    @property
    def _device(self) -> torch.device:
        return self.trainer.strategy.root_device if self.trainer is not None else torch.device("cpu")

    def _where_training_stands(self) -> tuple[int, int]:
        trainer = self.trainer
        if trainer is None:
            return 0, 0
        return trainer.current_epoch, trainer.fit_loop.epoch_loop.batch_progress.current.ready
