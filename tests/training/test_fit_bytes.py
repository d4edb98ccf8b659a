"""Same seed same bytes, other seed other bytes, and a plain Trainer ends where our runner does."""

import random
import warnings
from dataclasses import replace

import lightning
import numpy as np
import pytest
import torch

from repro.data.datamodule import DataModule
from repro.spec.experiment import Duration, Input, Scheduler, WeightRule
from repro.training.fit import fit
from repro.training.module import make_module
from repro.training.weights_hash import weights_sha256


def everything(study, make_entry, make_layer, **training):
    """Dropout, batch norm, augmentation, a schedule, penalties and bounds, all at once."""
    layers = (
        make_layer("Conv2d", out_channels=4, kernel_size=3),
        make_layer("BatchNorm2d"),
        make_layer("ReLU"),
        make_layer("Dropout", p=0.3),
        make_layer("Flatten"),
        make_layer("Linear", out_features="classes"),
    )
    augment = (make_entry("RandomAffine", p=0.9, degrees=10.0, translate_pixels=1.0),)
    return study(
        layers=layers,
        inputs={"input": Input(name="input", augment=augment, live=(make_entry("Rescale", low=-1.0, high=1.0),))},
        scheduler=Scheduler(entry=make_entry("Steps", values=(1e-2, 1e-3), until=(2,)), every="epoch"),
        weights=(WeightRule(selector="all", l2=1e-3, max_norm=1.0),),
        training=training,
    )


def test_same_seed_same_bytes_and_other_seed_other_bytes(study, data_of, folder, make_entry, make_layer):
    experiment = everything(study, make_entry, make_layer)
    data = data_of(experiment)
    once, again, other = (fit(experiment, data, seed=seed, folder=folder) for seed in (0, 0, 1))
    assert once.weights_sha256 == again.weights_sha256 != other.weights_sha256
    assert once.history == again.history
    assert once.sealed == again.sealed
    for name, array in once.predictions["digit"]["test"].arrays.items():
        np.testing.assert_array_equal(array, again.predictions["digit"]["test"].arrays[name])


@pytest.mark.parametrize("accumulate", [1, 2])
def test_a_plain_trainer_ends_in_the_same_bytes(accumulate, study, data_of, folder, make_entry, make_layer):
    experiment = everything(study, make_entry, make_layer, steps=25, accumulate_grad_batches=accumulate)
    data = data_of(experiment)
    ours = fit(experiment, data, seed=3, folder=folder)
    module = make_module(experiment, data, seed=3, folder=folder)
    torch.manual_seed(999)  # whatever a notebook did before
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            max_steps=25,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            accumulate_grad_batches=accumulate,
        )
        trainer.fit(module, datamodule=DataModule(data, experiment, 3))
    assert trainer.global_step == 25
    assert weights_sha256(module.network.state_dict()) == ours.weights_sha256
    assert {"validation/Accuracy", "validation/loss", "validation/objective"} <= set(trainer.callback_metrics)


def test_a_plain_trainer_needs_the_schedule_to_end_there(study, data_of, folder, make_entry, make_layer):
    """The equality above is not for want of an effect: each part, left out, gives other bytes."""
    whole = everything(study, make_entry, make_layer)
    data = data_of(whole)
    first = fit(whole, data, seed=0, folder=folder).weights_sha256
    for without in ({"scheduler": None}, {"weights": ()}):
        changed = whole.model_copy(update=without)
        assert fit(changed, data, seed=0, folder=folder).weights_sha256 != first
    still = replace(data, live=replace(data.live, augment={}))
    assert fit(whole, still, seed=0, folder=folder).weights_sha256 != first


def test_how_often_one_looks_changes_no_weight(study, data_of, folder, make_entry, make_layer):
    often = everything(study, make_entry, make_layer, evaluate_every=Duration(number=3, unit="steps"))
    seldom = everything(study, make_entry, make_layer, evaluate_every=Duration(number=40, unit="steps"))
    data = data_of(often)
    one = fit(often, data, seed=0, folder=folder, history_views=("train",))
    other = fit(seldom, data, seed=0, folder=folder)
    assert one.weights_sha256 == other.weights_sha256
    assert (len(one.history), len(other.history)) == (14, 1)


def test_nothing_global_is_changed(study, data_of, folder):
    experiment = study(training={"threads": 2})
    data = data_of(experiment)
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    expected = (torch.rand(1).item(), np.random.rand(), random.random())
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    outcome = fit(experiment, data, seed=0, folder=folder)
    assert outcome.ran.threads == 2
    assert (torch.rand(1).item(), np.random.rand(), random.random()) == expected
    assert torch.get_num_threads() == 1
    assert not torch.are_deterministic_algorithms_enabled()


def test_nothing_is_printed_and_no_file_appears(study, data_of, folder, capfd, tmp_path, monkeypatch):
    experiment = study()
    data = data_of(experiment)
    monkeypatch.chdir(tmp_path)
    fit(experiment, data, seed=0, folder=folder)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
