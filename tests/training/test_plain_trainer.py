"""``lightning.Trainer`` alone: validate, test and predict with our metrics, and the weights that a run keeps."""

import warnings

import lightning
import pytest
import torch

from repro.data.datamodule import DataModule
from repro.spec.experiment import Label, WeightRule
from repro.training.fit import fit
from repro.training.module import make_module


@pytest.fixture
def trainer():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield lightning.Trainer(
            accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip


def of_a_run(experiment, data, folder, tmp_path):
    kept = tmp_path / "weights.pt"
    outcome = fit(experiment, data, seed=1, folder=folder, weights_to=kept)
    module = make_module(experiment, data, seed=1, folder=folder)
    before = {name: tensor.clone() for name, tensor in module.network.state_dict().items()}
    assert module.load_state_dict(torch.load(kept)).missing_keys == []
    assert any(not torch.equal(before[name], tensor) for name, tensor in module.network.state_dict().items())
    return module, outcome


@pytest.mark.parametrize("several", [False, True])
def test_validate_and_test_give_the_records_numbers(
    several, study, data_of, segmented, folder, make_entry, tmp_path, trainer
):
    metrics = {"Accuracy": make_entry("Accuracy"), "macro-f1": make_entry("F1Score", average="macro")}
    losses = {"digit": make_entry("CrossEntropyLoss", weight=tuple(range(1, 11)))}
    rules = (WeightRule(selector="all", l2=1e-3),)
    experiment = study(metrics=metrics, losses=losses, weights=rules)
    data = data_of(experiment)
    data = segmented(data) if several else data
    module, outcome = of_a_run(experiment, data, folder, tmp_path)
    for look, part in ((trainer.validate, "validation"), (trainer.test, "test")):
        (seen,) = look(module, DataModule(data, experiment, 1), verbose=False)
        expected = {f"{part}/{name}": value for name, value in outcome.metrics["digit"][part].values.items()}
        assert seen == pytest.approx(expected, rel=1e-6)
        assert set(seen) == {f"{part}/{name}" for name in ("Accuracy", "macro-f1", "loss", "objective")}


def test_numbers_too(study, data_of, folder, make_entry, make_layer, tmp_path, trainer):
    experiment = study(
        labels={"digit": Label(name="digit", column="digit", kind="number", standardize=True)},
        layers=(make_layer("Flatten"), make_layer("Linear", out_features=1)),
        losses={"digit": make_entry("MSELoss")},
        metrics={"MeanAbsoluteError": make_entry("MeanAbsoluteError")},
    )
    data = data_of(experiment)
    module, outcome = of_a_run(experiment, data, folder, tmp_path)
    (seen,) = trainer.test(module, DataModule(data, experiment, 1), verbose=False)
    score = outcome.metrics["digit"]["test"].values["MeanAbsoluteError"]
    assert seen["test/MeanAbsoluteError"] == pytest.approx(score, rel=1e-6)


def test_predict_gives_outputs(study, data_of, folder, trainer):
    experiment = study()
    data = data_of(experiment)
    module = make_module(experiment, data, seed=0, folder=folder)
    (made,) = trainer.predict(module, DataModule(data, experiment, 0))
    assert made["digit"].shape == (200, 10)


def test_a_whole_module_and_wrong_weights(study, data_of, folder):
    experiment = study()
    data = data_of(experiment)
    one, other = (make_module(experiment, data, seed=seed, folder=folder) for seed in (0, 1))
    other.load_state_dict(one.state_dict())  # as Lightning's checkpoints hold it
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    with pytest.raises(RuntimeError, match="Unexpected key"):
        one.load_state_dict({"block_digit.9.weight": torch.zeros(1)})
