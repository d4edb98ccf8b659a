"""The data module under Lightning's own trainer: order, resumption, augmentation."""

import os
import subprocess
import sys
from pathlib import Path

import lightning
import pytest
import torch
from lightning.pytorch.callbacks import Callback

from repro.data.data_error import DataError
from repro.data.datamodule import DataModule
from repro.data.epoch_order import epoch_order
from repro.data.prepare import prepare
from repro.spec.experiment import Dataset, Input, Splits, Training
from repro.spec.part import Entry

HERE = Path()
pytestmark = pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")  # Lightning 2.6 under torch 2.14


class Watcher(lightning.LightningModule):
    """A linear model that notes the items and the inputs of each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(64, 10)
        self.items: list[list[int]] = []
        self.sums: list[float] = []
        self.keys: set[frozenset[str]] = set()
        self.seen: dict[str, int] = {}

    def training_step(self, batch, index):
        self.items.append(batch["items"].tolist())
        self.sums.append(float(batch["inputs"]["input"].double().sum()))
        self.keys.add(frozenset(batch))
        loss = torch.nn.functional.cross_entropy(
            self.layer(batch["inputs"]["input"].flatten(1)), batch["targets"]["digit"]
        )
        self.log("loss", loss, on_epoch=True, on_step=False)
        return loss

    def validation_step(self, batch, index):
        self.seen["validation"] = self.seen.get("validation", 0) + len(batch["items"])

    def test_step(self, batch, index):
        self.seen["test"] = self.seen.get("test", 0) + len(batch["items"])

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class StopAfter(Callback):
    """Saves a checkpoint after so many steps and stops there, as a killed run would."""

    def __init__(self, step: int, path: Path) -> None:
        self.step, self.path = step, path

    def on_train_batch_end(self, trainer, *_):
        if trainer.global_step == self.step:
            trainer.save_checkpoint(self.path)
            raise KeyboardInterrupt


@pytest.fixture
def module(make_experiment):
    def make(seed=0, *, order="shuffled", augment=(), validation=0.2):
        experiment = make_experiment(
            dataset=Dataset(name="digits"),
            splits=Splits(train=250, validation=validation, test=0.2),
            inputs={"input": Input(name="input", augment=augment)},
            training=Training(batch_size=60, epochs=3, order=order),
        )
        return DataModule(prepare(experiment, seed=seed, folder=HERE), experiment, seed)

    return make


def trainer(**words) -> lightning.Trainer:
    words = {"max_epochs": 3} | words
    return lightning.Trainer(
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        num_sanity_val_steps=0,
        **words,
    )


def trained(data: DataModule, **words) -> Watcher:
    torch.manual_seed(0)
    watcher = Watcher()
    trainer(**words).fit(watcher, data)
    return watcher


def test_each_epoch_has_every_item_once_in_an_order_of_its_own(module):
    data = module()
    watcher = trained(data)
    train = data.data.parts["train"].items
    assert [len(b) for b in watcher.items] == [60, 60, 60, 60, 10] * 3
    epochs = [[x for batch in watcher.items[i : i + 5] for x in batch] for i in (0, 5, 10)]
    for number, items in enumerate(epochs):
        assert sorted(items) == train.tolist()
        assert items == train[epoch_order(250, seed=0, epoch=number, order="shuffled")].tolist()
    assert epochs[0] != epochs[1] != epochs[2]
    assert watcher.keys == {frozenset({"inputs", "targets", "items"})}
    assert watcher.seen == {"validation": 3 * 359}


def test_the_order_follows_the_seed_alone(module):
    torch.manual_seed(1)
    first = trained(module(0)).items
    torch.manual_seed(2)
    assert trained(module(0)).items == first
    assert trained(module(1)).items != first


@pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`")
def test_fixed_order_is_the_papers_step_times_batch_modulo_items(module):
    data = module(order="fixed", validation=None)
    items = trained(data).items
    train = data.data.parts["train"].items.tolist()
    assert items == [train[i : i + 60] for i in range(0, 250, 60)] * 3


@pytest.mark.parametrize("words", [{"max_epochs": 3}, {"max_epochs": -1, "max_steps": 14}], ids=["epochs", "steps"])
@pytest.mark.parametrize("stop", [1, 3, 4, 5, 6, 9, 10, 13])
def test_a_run_stopped_after_any_step_goes_on_with_the_batches_it_would_have_had(module, tmp_path, stop, words):
    augment = (Entry(name="RandomAffine", args={"degrees": 20.0, "translate_pixels": 1.0}),)
    whole = trained(module(augment=augment), **words)
    path = tmp_path / "x.ckpt"
    torch.manual_seed(0)
    first = Watcher()
    with pytest.raises(SystemExit):
        trainer(callbacks=[StopAfter(stop, path)], **words).fit(first, module(augment=augment))
    assert len(first.items) == stop
    torch.manual_seed(99)
    second = Watcher()
    trainer(**words).fit(second, module(augment=augment), ckpt_path=path)
    assert first.items + second.items == whole.items
    assert first.sums + second.sums == whole.sums
    assert torch.equal(second.layer.weight, whole.layer.weight)


def test_augmentation_is_for_training_only_and_follows_the_step(module):
    augment = (Entry(name="RandomAffine", args={"degrees": 20.0}),)
    one, again, other = (trained(module(s, augment=augment), max_epochs=1).sums for s in (0, 0, 1))
    assert one == again
    assert one != other
    data = module(augment=augment)
    batch = next(iter(data.val_dataloader()))
    kept = batch["inputs"]["input"].clone()
    assert torch.equal(data.on_after_batch_transfer(batch, 0)["inputs"]["input"], kept)
    step = next(iter(data.train_dataloader()))
    same = step | {"step": 1}
    first = data.on_after_batch_transfer(dict(step), 0)["inputs"]["input"]
    assert torch.equal(data.on_after_batch_transfer(dict(step), 0)["inputs"]["input"], first)
    assert not torch.equal(data.on_after_batch_transfer(same, 0)["inputs"]["input"], first)


@pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`")
def test_without_validation_nothing_is_validated_and_test_is_whole(module):
    data = module(validation=None)
    watcher = trained(data, max_epochs=1)
    assert watcher.seen == {}
    trainer().test(watcher, data, verbose=False)
    assert watcher.seen == {"test": 359}


def test_a_checkpoint_of_another_seed_is_refused(module, tmp_path):
    path = tmp_path / "x.ckpt"
    with pytest.raises(SystemExit):
        trainer(callbacks=[StopAfter(3, path)]).fit(Watcher(), module(0))
    with pytest.raises(DataError, match="the checkpoint was made with batches"):
        trainer().fit(Watcher(), module(1), ckpt_path=path)


@pytest.mark.slow
def test_two_processes_with_the_same_seed_get_the_same_bytes(tmp_path):
    code = """
import hashlib, sys
from pathlib import Path
from repro.data.datamodule import DataModule
from repro.data.prepare import prepare
from repro.spec.experiment import *
from repro.spec.part import Entry
e = Experiment(name="x", dataset=Dataset(name="digits"), labels={"digit": Label(name="digit", column="digit")},
    splits=Splits(train=0.5, test=0.5), model=None, metrics={"Accuracy": Entry(name="Accuracy")},
    inputs={"input": Input(name="input", augment=(Entry(name="RandomAffine", args={"degrees": 9.0}),))},
    training=Training(batch_size=64, epochs=1))
module = DataModule(prepare(e, seed=4, folder=Path()), e, 4)
digest = hashlib.sha256()
for batch in module.train_dataloader():
    batch = module.on_after_batch_transfer(batch, 0)
    digest.update(batch["inputs"]["input"].numpy().tobytes() + batch["targets"]["digit"].numpy().tobytes())
print(digest.hexdigest())
"""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment | {"PYTHONHASHSEED": s},
        )
        for s in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout.strip()) == 64
