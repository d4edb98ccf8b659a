"""The same training as Lightning's own introduction has it: a module that logs, and a data loader."""

import tempfile
import warnings
from collections.abc import Callable

import lightning
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.work import Work


class Tutorial(lightning.LightningModule):
    """A net with its loss and accuracy logged."""

    def __init__(self, net: nn.Module, lr: float) -> None:
        super().__init__()
        self.net, self.lr = net, lr

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        """Loss of a batch."""
        x, y = batch
        output = self.net(x)
        loss = nn.functional.cross_entropy(output, y)
        self.log("train_loss", loss)
        self.log("train_accuracy", (output.argmax(1) == y).float().mean(), on_epoch=True, on_step=False)
        return loss

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        """Accuracy of a batch."""
        x, y = batch
        output = self.net(x)
        self.log("loss", nn.functional.cross_entropy(output, y))
        self.log("accuracy", (output.argmax(1) == y).float().mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam, fused."""
        return torch.optim.Adam(self.parameters(), lr=self.lr, fused=True)


def lightning_tutorial(work: Work, make_net: Callable[[], nn.Module], steps: int) -> None:
    """Train through ``Trainer.fit`` with its default logger and checkpoints."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            max_steps=steps,
            accelerator="cpu",
            default_root_dir=folder,
            enable_progress_bar=False,
            enable_model_summary=False,
            val_check_interval=work.look_every,
            check_val_every_n_epoch=None,
            num_sanity_val_steps=0,
        )
        train = DataLoader(TensorDataset(*work.train), batch_size=work.batch_size, shuffle=work.shuffled)
        test = DataLoader(TensorDataset(*work.test), batch_size=1000)
        trainer.fit(Tutorial(make_net(), work.lr), train, test)
