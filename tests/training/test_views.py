"""Views of items with several segments: every number worked out again from the segments' own outputs."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from lightning import Trainer

from repro.data.datamodule import DataModule
from repro.spec.experiment import Block, Duration, Model, Only, Training, View, WeightRule
from repro.training.chance import reference_scores
from repro.training.estimator import fit_estimator
from repro.training.evaluator import Evaluator
from repro.training.fit import fit
from repro.training.module import make_module

VIEWS = {
    "majority": {"vote": "majority"},
    "probability": {"vote": "mean"},
    "segments": {"vote": "none"},
    "by-shelf": {"mean_over": "shelf"},
    "threes": {"only": Only(label="digit", classes=("3", "8"))},
    "called-three": {"only": Only(label="digit", classes=("3",), predicted=True)},
    "called-three-by-shelf": {"only": Only(label="digit", classes=("3",), predicted=True), "mean_over": "shelf"},
    "majority-by-shelf": {"vote": "majority", "mean_over": "shelf"},
    "held": {"of": "validation", "vote": "majority"},
}


def views(**more):
    return {n: View(**({"name": n, "of": "test"} | fields)) for n, fields in (VIEWS | more).items()}


@pytest.fixture(scope="module")
def experiment(study, make_entry):
    metrics = {"Accuracy": make_entry("Accuracy"), "f1": make_entry("F1Score", average="macro")}
    return study(views=views(), metrics=metrics, training={"steps": 30})


@pytest.fixture(scope="module")
def data(experiment, data_of, segmented):
    plain = experiment.model_copy(update={"views": {}})
    return segmented(data_of(plain))


@pytest.fixture(scope="module")
def outcome(experiment, data, folder):
    return fit(experiment, data, seed=0, folder=folder, accelerator="cpu", history_views=("majority", "train", "held"))


@pytest.fixture(scope="module")
def scores(outcome):
    """``(items (M,), probabilities (M, 10), target (M,))`` of the test segments, from the kept view of segments."""
    kept = outcome.predictions["digit"]["segments"].arrays
    logits = torch.from_numpy(kept["predicted"]).double()
    return kept["items"], torch.softmax(logits, 1).numpy(), kept["target"].astype(int)


def per_item(items, values):
    return np.stack([values[items == i].mean(0) for i in np.unique(items)])


def test_the_parts_are_scored_by_item(outcome, data, scores):
    metrics = outcome.metrics["digit"]
    for view in ("train", "validation", "test"):
        assert metrics[view].n == len(data.parts[view].items.unique()) < len(data.parts[view])
    items, chances, target = scores
    mean, truth = per_item(items, chances), per_item(items, target[:, None])[:, 0].astype(int)
    assert metrics["test"].values["Accuracy"] == pytest.approx(100 * (mean.argmax(1) == truth).mean())
    loss = -np.log(mean[np.arange(len(mean)), truth]).mean()
    assert metrics["test"].values["loss"] == pytest.approx(loss, rel=1e-5)
    by_segment = 100 * (chances.argmax(1) == target).mean()
    assert metrics["segments"].values["Accuracy"] == pytest.approx(by_segment)
    assert by_segment < metrics["test"].values["Accuracy"] - 2  # the noise is averaged away
    assert metrics["segments"].n == len(items)
    assert metrics["running"].n > len(data.parts["train"].items.unique())


def test_votes(outcome, scores):
    items, chances, target = scores
    truth = per_item(items, target[:, None])[:, 0]
    winners = []
    for item in np.unique(items):
        own = chances[items == item]
        tally = np.bincount(own.argmax(1), minlength=10) + own.mean(0)
        winners.append(tally.argmax())
    metrics = outcome.metrics["digit"]
    right = np.array(winners) == truth
    assert metrics["majority"].values["Accuracy"] == pytest.approx(100 * right.mean())
    assert metrics["majority"].values["Accuracy"] != metrics["test"].values["Accuracy"]
    assert metrics["probability"] == metrics["test"]
    assert math.isfinite(metrics["majority"].values["loss"])
    numbers = np.unique(items)
    shelves = numbers * 7919 % 5
    means = [100 * right[shelves == shelf].mean() for shelf in range(5)]
    assert metrics["majority-by-shelf"].values["Accuracy"] == pytest.approx(np.mean(means))
    assert metrics["majority-by-shelf"].n == 5


def test_views_on_some_items(outcome, scores):
    items, chances, target = scores
    numbers = np.unique(items)
    mean, truth = per_item(items, chances), per_item(items, target[:, None])[:, 0]
    right, shelves = mean.argmax(1) == truth, numbers * 7919 % 5
    metrics = outcome.metrics["digit"]
    assert metrics["by-shelf"].values["Accuracy"] == pytest.approx(
        np.mean([100 * right[shelves == shelf].mean() for shelf in range(5)])
    )
    assert metrics["by-shelf"].values["Accuracy"] != pytest.approx(metrics["test"].values["Accuracy"])
    true = np.isin(truth, (3, 8))
    assert metrics["threes"].n == true.sum()
    assert metrics["threes"].values["Accuracy"] == pytest.approx(100 * right[true].mean())
    called = mean.argmax(1) == 3
    assert metrics["called-three"].n == called.sum()
    assert metrics["called-three"].values["Accuracy"] == pytest.approx(100 * right[called].mean())
    groups = [right[called & (shelves == shelf)] for shelf in range(5)]
    groups = [100 * group.mean() for group in groups if len(group)]
    assert metrics["called-three-by-shelf"].n == len(groups)
    assert metrics["called-three-by-shelf"].values["Accuracy"] == pytest.approx(np.mean(groups))


def test_what_is_kept(outcome, data):
    kept = outcome.predictions["digit"]
    assert set(kept) == {"test", "majority", "segments", "by-shelf", "called-three-by-shelf", "majority-by-shelf"}
    assert set(kept["by-shelf"].arrays) == {"items", "groups"}
    for view in ("test", "majority"):
        assert kept[view].arrays["items"].tolist() == data.parts["test"].items.unique().tolist()
    segments = kept["segments"].arrays
    assert segments["segments"].tolist() == [k for i in kept["test"].arrays["items"] for k in range(i % 4 + 1)]


def test_views_during_training(outcome):
    sealed, open_ = outcome.sealed[-1].values, outcome.history[-1].values
    metrics = outcome.metrics["digit"]
    assert sealed["majority/Accuracy"] == metrics["majority"].values["Accuracy"]
    assert open_["validation/loss"] == metrics["validation"].values["loss"]
    assert open_["held/Accuracy"] == metrics["held"].values["Accuracy"]
    assert not [key for key in open_ if key.startswith(("test", "majority", "segments"))]


def test_the_choice_is_made_by_item(study, data, folder):
    fields = {"steps": 24, "evaluate_every": Duration(number=2, unit="steps"), "select": "best_validation"}
    chosen = study(training={**fields, "watch": "validation/loss"})
    outcome = fit(chosen, data, seed=0, folder=folder, accelerator="cpu")
    best = min(outcome.history, key=lambda look: look.values["validation/loss"])
    assert outcome.chosen[1] == best.step
    assert outcome.metrics["digit"]["validation"].values["loss"] == best.values["validation/loss"]
    assert outcome.metrics["digit"]["validation"].n == 100
    watched = study(training={**fields, "watch": "held/Accuracy"}, views=views())
    outcome = fit(watched, data, seed=0, folder=folder, accelerator="cpu")
    best = max(outcome.history, key=lambda look: look.values["held/Accuracy"])
    assert outcome.chosen[1] == best.step


def test_no_item_left(study, data, folder, make_layer, make_entry):
    """A net that calls everything a 0: its view of items called 3 is empty, and the run is no failed one."""
    view = View(name="called", of="test", only=Only(label="digit", classes=("3",), predicted=True))
    experiment = study(
        views={"called": view},
        training={"steps": 1},
        metrics={"Accuracy": make_entry("Accuracy"), "auc": make_entry("AUROC", average="macro")},
        weights=(WeightRule(selector="all", weight=0.0, bias=0.0, freeze=False),),
        optimizer=make_entry("SGD", lr=0.0),
    )
    outcome = fit(experiment, data, seed=0, folder=folder, accelerator="cpu")
    score = outcome.metrics["digit"]["called"]
    assert outcome.state == "done"
    assert score.n == 0
    assert set(score.values) == {"Accuracy", "auc", "loss", "objective"}
    assert all(math.isnan(value) for value in score.values.values())


def classical(study, make_entry, *entries, **fields):
    model = Model(name="c", blocks=(Block(name="digit", sources=("input",), estimator=entries),))
    made = study(model=model, optimizer=None, losses={}, views=views(), **fields)
    return made.model_copy(update={"training": Training()})


@pytest.mark.parametrize("name", ["KNeighborsClassifier", "RidgeClassifier"])
def test_estimators_are_scored_by_item(name, study, data, folder, make_entry):
    experiment = classical(study, make_entry, make_entry(name))
    outcome = fit_estimator(experiment, data, seed=0, folder=folder)
    metrics, kept = outcome.metrics["digit"], outcome.predictions["digit"]
    rows = kept["segments"].arrays
    mean = per_item(rows["items"], rows["predicted"])
    truth = per_item(rows["items"], rows["target"][:, None])[:, 0]
    np.testing.assert_allclose(kept["test"].arrays["predicted"], mean, rtol=1e-5)
    assert metrics["test"].values["Accuracy"] == pytest.approx(100 * (mean.argmax(1) == truth).mean())
    assert metrics["test"].n == 200
    assert metrics["train"].n == 300
    assert metrics["segments"].n == len(rows["items"])
    if name == "RidgeClassifier":
        assert metrics["majority"].values == metrics["test"].values


def test_references_are_by_item(experiment, data, folder):
    found = reference_scores(experiment, data, folder)["digit"]
    assert found["majority (reference)"].n == 200  # one of the views is called "majority"
    assert found["chance"].values == {"Accuracy": 10.0}


def test_without_segments_a_vote_changes_nothing(experiment, data_of, folder):
    plain = data_of(experiment.model_copy(update={"views": {}}))
    outcome = fit(
        experiment.model_copy(update={"views": {"majority": experiment.views["majority"]}}),
        plain,
        seed=0,
        folder=folder,
        accelerator="cpu",
    )
    assert outcome.metrics["digit"]["majority"] == outcome.metrics["digit"]["test"]


def test_a_plain_trainer_validates_by_item(experiment, data, folder):
    module = make_module(experiment, data, seed=0, folder=folder)
    want = Evaluator(module, data).look("validation")["digit"].values
    open_parts = {name: data.parts[name] for name in ("train", "validation")}
    trainer = Trainer(
        logger=False, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu", barebones=False
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Lightning's own
        [logged] = trainer.validate(module, DataModule(replace(data, parts=open_parts), experiment, 0), verbose=False)
    assert logged == {f"validation/{n}": pytest.approx(v, rel=1e-5) for n, v in want.items()}
    assert math.isclose(logged["validation/loss"], want["loss"], rel_tol=1e-5)
