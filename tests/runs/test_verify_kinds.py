"""Other kinds of predictions: numbers in their own unit, classes with the loss of each item; and own code."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.runs.verify.verify import verify
from repro.spec.load import load_spec

if "forgery" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("forgery", Path(__file__).with_name("forgery.py"))
    sys.modules["forgery"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["forgery"])
forgery = sys.modules["forgery"]

SPEC = """\
paper: {{title: Small, authors: [A. Student], year: 2024}}
question: Does it work?
dataset: {{name: {dataset}}}
labels: {label}
splits: {{train: 300, test: 100}}
architecture: {{net: [Flatten, {layer}, Linear: {{out_features: {out}}}]}}
weights: {{all: {{l2: {l2}}}}}
optimizer: {{Adam: {{lr: 1e-2}}}}
loss: {loss}
metric: {metric}
training: {{batch_size: 50, epochs: 2}}
seeds: [0]
baseline: net
experiments: {{net: {{model: net}}}}
"""
DIGITS = {
    "dataset": "digits", "label": "digit", "layer": "ReLU", "out": "classes", "loss": "CrossEntropyLoss",
    "metric": "{acc: Accuracy, f1: {F1Score: {average: macro}}}", "l2": 0.0,
}  # fmt: skip
DIABETES = DIGITS | {
    "dataset": "diabetes", "label": "{progression: {kind: number, standardize: true}}", "out": 1, "loss": "MSELoss",
    "metric": "{mae: MeanAbsoluteError, r2: R2Score}",
}  # fmt: skip
OWN = """\
from pathlib import Path
from torch import nn
with Path(__file__).with_name("was-run").open("a") as file:
    file.write("x")
class Same(nn.Identity):
    pass
"""


@pytest.fixture
def study(tmp_path, engine):
    """Train a small study from YAML; gives its plan."""

    def make(**words):
        (tmp_path / "model.py").write_text(OWN)
        (tmp_path / "paper.yaml").write_text(SPEC.format(**words))
        plan = make_plan(load_spec(tmp_path))
        assert [r.state for r in run_plan(plan, engine=engine)] == ["done"]
        return plan

    return make


@pytest.fixture
def look(engine):
    """Verify a plan's records."""

    def verified(plan, *, sample=0, own_code=False):
        ledger = Ledger(plan.spec.folder, "runs")
        return verify(plan, ledger, sample=sample, seed=0, own_code=own_code, engine=engine)

    return verified


def test_numbers_in_their_own_unit(study, look):
    plan = study(**DIABETES)
    found = look(plan, sample=1)
    assert [row.state for row in found.rows] == ["ok"], found.rows
    assert [again.judged for again in found.retrained] == ["bitwise equal"]

    def nearer(arrays):
        name = next(name for name in arrays if name.endswith(".predicted"))
        arrays[name] = (arrays[name] + arrays[name.replace("predicted", "target")]) / 2

    forgery.predicted(plan, plan.runs[0], nearer)
    said = look(plan).rows[0].wrong
    assert [text.partition(" ")[0] for text in said if "the predictions give" in text] == [
        "test/mae", "test/r2", "test/loss", "test/objective",
    ]  # fmt: skip


def test_labels_that_are_numbers(study, look):
    plan = study(**DIABETES)

    def change(arrays):
        arrays[next(name for name in arrays if name.endswith(".target"))][7] += 1.0

    forgery.predicted(plan, plan.runs[0], change)
    assert look(plan).rows[0].wrong[0] == "test: 1 of 100 kept targets are not the data set's own labels"


def compact(arrays, *, better=False):
    """As a large test set is kept: the predicted class and each item's loss."""
    scores, target = torch.tensor(arrays["digit.test.predicted"]), arrays["digit.test.target"]
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(target.astype(np.int64)), reduction="none").numpy()
    kept = {name: array for name, array in arrays.items() if not name.endswith("predicted")}
    return {
        **kept,
        "digit.test.predicted": scores.argmax(1).numpy().astype(np.uint8),
        "digit.test.item_loss": loss * (0.5 if better else 1.0),
    }


def test_classes_with_the_loss_of_each_item(study, look):
    plan = study(**DIGITS)
    forgery.predicted(plan, plan.runs[0], compact)
    assert [row.state for row in look(plan).rows] == ["ok"]


def test_a_better_loss_of_each_item(study, look):
    plan = study(**DIGITS)
    forgery.predicted(plan, plan.runs[0], lambda arrays: compact(arrays, better=True))
    assert [text.partition(" ")[0] for text in look(plan).rows[0].wrong] == ["test/loss", "test/objective"]


def test_a_loss_that_cannot_be_worked_out_is_not_passed_over(study, look):
    plan = study(**DIGITS)

    def change(arrays):
        return {name: array for name, array in compact(arrays).items() if not name.endswith("item_loss")}

    forgery.predicted(plan, plan.runs[0], change)
    assert "the loss needs scores or the items' losses, and only classes were kept" in look(plan).rows[0].wrong[0]


def test_an_objective_with_a_penalty_is_left_to_training(study, look):
    plan = study(**DIGITS | {"l2": 0.01})
    record = Ledger(plan.spec.folder, "runs").records[0]
    values = record.metrics["digit"]["test"].values
    assert values["objective"] > values["loss"]
    assert [row.state for row in look(plan).rows] == ["ok"]


def test_own_code_is_not_run_unasked(study, look):
    plan = study(**DIGITS | {"layer": "model.py:Same"})
    folder = plan.spec.folder
    (folder / "was-run").unlink()
    found = look(plan, sample=1)
    assert not (folder / "was-run").exists()
    (row,) = found.rows
    unchecked = "blindness to test items, size of the net: needs the folder's own code"
    assert (row.state, row.unchecked) == ("in part", (unchecked,))
    assert (found.retrained, found.pool) == ((), 0)
    asked = look(plan, sample=1, own_code=True)
    assert [row.state for row in asked.rows] == ["ok"]
    assert [again.judged for again in asked.retrained] == ["bitwise equal"]
    assert (folder / "was-run").exists()


def test_a_fraud_shows_without_running_own_code(study, look):
    plan = study(**DIGITS | {"layer": "model.py:Same"})
    (plan.spec.folder / "was-run").unlink()
    forgery.typed(plan, plan.runs[0], lambda f: f["metrics"]["digit"]["test"]["values"].update(acc=99.5))
    assert look(plan).rows[0].wrong[0].startswith("test/acc is recorded as 99.5")
    assert not (plan.spec.folder / "was-run").exists()


def test_own_code_that_was_changed_is_another_run(study, look):
    plan = study(**DIGITS | {"layer": "model.py:Same"})
    (plan.spec.folder / "model.py").write_text(OWN + "\n# changed\n")
    changed = make_plan(load_spec(plan.spec.folder))
    assert [row.state for row in look(changed).rows] == ["no record"]


def test_an_experiment_that_computes_the_same_is_no_copy(tmp_path, engine, look):
    """A second ReLU changes nothing but the names of the weights: an honest run ends in the same predictions."""
    text = SPEC.format(**DIGITS).replace(
        "experiments: {net: {model: net}}", "experiments: {net: {model: net}, twice: {model: twice}}"
    )
    text = text.replace(
        "architecture: {net:",
        "architecture: {twice: [Flatten, ReLU, ReLU, Linear: {out_features: classes}], net:",
    )
    (tmp_path / "paper.yaml").write_text(text)
    plan = make_plan(load_spec(tmp_path))
    one, other = run_plan(plan, engine=engine)
    assert one.predictions_sha256 == other.predictions_sha256
    assert one.weights_sha256 != other.weights_sha256
    rows = look(plan).rows
    assert [row.state for row in rows] == ["ok", "ok"]
    assert {row.remarks[0].partition(", ")[2] for row in rows} == {"byte for byte, and both start alike"}
