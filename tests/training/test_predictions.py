"""What is kept of the test items is enough to work out every metric again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data.prepared import Target
from repro.runs.predictions_file import arrays_sha256
from repro.spec.experiment import Block, Model, Splits
from repro.spec.part import Entry
from repro.training import predictions
from repro.training.estimator import fit_estimator
from repro.training.fit import fit
from repro.training.loss import LabelLoss
from repro.training.metric import LabelMetric

CLASSES = Target(name="y", kind="class", classes=("a", "b", "c"))
HERE = Path(__file__).parent


def kept(output, target, *metrics, loss="CrossEntropyLoss", label=CLASSES, **args):
    made = [LabelMetric(Entry(name=name), label, HERE, loss=loss) for name in metrics]
    one = LabelLoss(Entry(name=loss, args=args), label, HERE)
    items = torch.arange(5, 5 + len(target))
    return predictions.keep(items, output, target, label=label, metrics=made, loss=one).arrays


def drawn(items=50, classes=3):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(items, classes, generator=generator), torch.randint(0, classes, (items,), generator=generator)


def test_small_views_keep_every_score():
    output, target = drawn()
    arrays = kept(output, target, "Accuracy")
    assert {name: array.dtype.name for name, array in arrays.items()} == {
        "items": "int64",
        "target": "uint8",
        "predicted": "float32",
    }
    np.testing.assert_array_equal(arrays["predicted"], output.numpy())
    assert arrays["items"][0] == 5


def test_large_views_keep_the_class_and_each_items_loss(monkeypatch):
    monkeypatch.setattr(predictions, "FULL_VALUES", 100)
    output, target = drawn()
    arrays = kept(output, target, "Accuracy", "ErrorRate")
    assert arrays["predicted"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["predicted"], output.argmax(1).numpy())
    expected = torch.nn.functional.cross_entropy(output, target).item()
    assert arrays["item_loss"].mean(dtype=np.float64) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("reading", ["", "if float(output[0, 0]) > 1e9: raise ValueError"], ids=["vmap", "loop"])
def test_own_losses_are_taken_item_by_item(reading, monkeypatch, tmp_path):
    """Both ways give each item's loss; code that reads a value cannot be taken all at once."""
    monkeypatch.setattr(predictions, "FULL_VALUES", 100)
    (tmp_path / "model.py").write_text(
        "import torch\n"
        "class Mine(torch.nn.Module):\n"
        "    def forward(self, output, target):\n"
        f"        {reading or 'pass'}\n"
        "        return (output - torch.nn.functional.one_hot(target, 3)).abs().sum(1).mean()\n"
    )
    output, target = drawn()
    accuracy = LabelMetric(Entry(name="Accuracy"), CLASSES, HERE, loss="Mine")
    mine = LabelLoss(Entry(name="model.py:Mine"), CLASSES, tmp_path)
    kept_arrays = predictions.keep(
        torch.arange(50), output, target, label=CLASSES, metrics=[accuracy], loss=mine
    ).arrays
    expected = (output - torch.nn.functional.one_hot(target, 3)).abs().sum(1)
    np.testing.assert_allclose(kept_arrays["item_loss"], expected.numpy(), rtol=1e-6)


@pytest.mark.parametrize(
    ("metrics", "args"), [(("Accuracy", "AUROC"), {}), (("Accuracy",), {"weight": (1.0, 2.0, 5.0)})]
)
def test_scores_stay_where_a_metric_or_the_loss_needs_them(metrics, args, monkeypatch):
    monkeypatch.setattr(predictions, "FULL_VALUES", 100)
    output, target = drawn()
    arrays = kept(output, target, *metrics, **args)
    assert arrays["predicted"].shape == (50, 3)
    assert "item_loss" not in arrays


def test_numbers_are_kept_in_their_own_unit():
    label = Target(name="y", kind="number", mean=10.0, std=2.0, standardized=True, sizes=(1,))
    arrays = kept(
        torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [2.0]]), "MeanSquaredError", loss="MSELoss", label=label
    )
    assert arrays["predicted"].tolist() == [10.0, 12.0]
    assert arrays["target"].tolist() == [12.0, 14.0]


def test_a_runs_metrics_follow_from_its_predictions(study, data_of, folder):
    experiment = study()
    data = data_of(experiment)
    outcome = fit(experiment, data, seed=0, folder=folder)
    arrays = outcome.predictions["digit"]["test"].arrays
    values = outcome.metrics["digit"]["test"].values
    np.testing.assert_array_equal(arrays["items"], data.parts["test"].items.numpy())
    np.testing.assert_array_equal(arrays["target"], data.parts["test"].targets["digit"].numpy())
    assert 100 * (arrays["predicted"].argmax(1) == arrays["target"]).mean() == pytest.approx(values["Accuracy"])
    scores = arrays["predicted"].astype(np.float64)
    picked = scores[np.arange(len(scores)), arrays["target"]]
    loss = (np.log(np.exp(scores).sum(1)) - picked).mean()
    assert values["loss"] == pytest.approx(loss, rel=1e-6)
    assert set(outcome.predictions["digit"]) == {"test"}


def test_what_the_splits_keep_together_stands_beside_the_items(study, data_of, folder):
    """Small numbers over the whole data set, so that one group has one number in every fold; without a group nothing
    is added, and the hash of the predictions stays what it was.
    """
    plain = study(training={"steps": 5})
    data = data_of(plain)
    shelves = np.array([f"shelf {i % 7}" for i in range(data.splits.items)])
    with_column = replace(data, columns={**data.columns, "shelf": shelves})
    tied = plain.model_copy(update={"splits": plain.splits.model_copy(update={"group": "shelf"})})
    without = fit(plain, with_column, seed=0, folder=folder, accelerator="cpu").predictions["digit"]["test"].arrays
    arrays = fit(tied, with_column, seed=0, folder=folder, accelerator="cpu").predictions["digit"]["test"].arrays
    assert set(arrays) - set(without) == {"group"}
    assert arrays_sha256(without) == arrays_sha256({n: a for n, a in arrays.items() if n != "group"})
    assert arrays["group"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["group"], arrays["items"] % 7)


def test_an_estimator_keeps_the_group_too(study, data_of, folder, make_entry):
    blocks = (Block(name="digit", sources=("input",), estimator=(make_entry("GaussianNB"),)),)
    splits = Splits(source="all", train=300, validation=100, test=200)
    plain = study(model=Model(name="net", blocks=blocks), splits=splits)
    data = data_of(plain)
    shelves = np.array([f"shelf {i % 7}" for i in range(data.splits.items)])
    with_column = replace(data, columns={**data.columns, "shelf": shelves})
    tied = plain.model_copy(update={"splits": splits.model_copy(update={"group": "shelf"})})
    arrays = fit_estimator(tied, with_column, seed=0, folder=folder).predictions["digit"]["test"].arrays
    np.testing.assert_array_equal(arrays["group"], arrays["items"] % 7)
