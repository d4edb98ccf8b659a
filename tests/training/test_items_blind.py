"""Law 2 from the items on: no recipe without own code notices that its test items are noise.

The split is drawn first and frozen; the noise goes in before features are fitted and targets standardized. What must
not move is every bit of the training items, of the weights and of the open history.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from repro.data.prepare import prepare, read
from repro.data.randomized import randomize
from repro.spec.experiment import Block, Dataset, Duration, Input, Label, Model, Scheduler, Splits, Training, View
from repro.training.estimator import fit_estimator
from repro.training.fit import fit

RECIPES = (
    "fitted-features",
    "early-stopping",
    "best-test",
    "augmented",
    "plateau",
    "standardized-label",
    "views",
    "estimator",
)


@pytest.fixture
def recipe(study, make_entry, make_layer):
    def make(name):
        standardize = make_entry("Standardize", per="feature")
        if name == "fitted-features":
            return study(inputs={"input": Input(name="input", cached=(standardize,))})
        if name == "early-stopping":
            every = Duration(number=5, unit="steps")
            return study(
                optimizer=make_entry("SGD", lr=0.8),
                training={"select": "best_validation", "stop_patience": 2, "steps": 200, "evaluate_every": every},
            )
        if name == "best-test":
            return study(training={"select": "best_test", "stop_patience": 1})
        if name == "augmented":
            affine = make_entry("RandomAffine", degrees=10.0, translate_pixels=1.0)
            layers = (
                make_layer("Conv2d", out_channels=4, kernel_size=3),
                make_layer("BatchNorm2d"),
                make_layer("ReLU"),
                make_layer("Flatten"),
                make_layer("Dropout", p=0.3),
                make_layer("Linear", out_features="classes"),
            )
            given = Input(name="input", augment=(affine,), live=(standardize,))
            steps = Scheduler(entry=make_entry("Steps", values=(1e-2, 1e-3), until=(2,)), every="epoch")
            return study(layers=layers, inputs={"input": given}, scheduler=steps)
        if name == "plateau":
            plateau = make_entry("ReduceLROnPlateau", factor=0.5, patience=0)
            return study(
                scheduler=Scheduler(entry=plateau, every="epoch"),
                training={"evaluate_every": Duration(number=1, unit="epochs")},
            )
        if name == "standardized-label":
            label = Label(name="progression", column="progression", kind="number", standardize=True)
            layers = (make_layer("Linear", out_features=1),)
            return study(
                dataset=Dataset(name="diabetes"),
                labels={"progression": label},
                splits=Splits(source="all", train=250, validation=92, test=100),
                inputs={"input": Input(name="input", cached=(standardize,))},
                model=Model(name="net", blocks=(Block(name="progression", sources=("input",), layers=layers),)),
                losses={"progression": make_entry("MSELoss")},
                metrics={"error": make_entry("MeanAbsoluteError")},
                training={"select": "best_validation"},
            )
        if name == "views":
            return study(
                views={
                    "turned": View(name="turned", of="test", augment=(make_entry("RandomAffine", degrees=20.0),)),
                    "again": View(name="again", of="validation", dataset=Dataset(name="digits")),
                }
            )
        assert name == "estimator"
        knn = Block(name="digit", sources=("input",), estimator=(make_entry("RandomForestClassifier", n_estimators=5),))
        return study(
            inputs={"input": Input(name="input", cached=(standardize,))},
            model=Model(name="forest", blocks=(knn,)),
            optimizer=None,
            losses={},
        ).model_copy(update={"training": Training()})

    return make


def with_and_without_noise(experiment, folder):
    """The experiment on its frozen split, and the data of it with the real test items and with noise."""
    split = prepare(experiment, seed=0, folder=folder).splits
    items, test = replace(read(experiment.dataset, folder), parts=split.parts, sha256=""), split.parts["test"]
    classes = {name: tuple(map(str, range(10))) for name, label in experiment.labels.items() if label.kind == "class"}
    made = randomize(items, test, test, experiment.labels, classes)
    column = next(iter(experiment.labels.values())).column
    assert (made.values[test] != items.values[test]).mean() > 0.5
    assert (made.columns[column][test].astype(str) != items.columns[column][test].astype(str)).mean() > 0.9
    frozen = experiment.model_copy(update={"splits": Splits(source="official")})
    return frozen, *(prepare(frozen, seed=0, folder=folder, items=each) for each in (items, made))


@pytest.mark.parametrize("name", RECIPES)
def test_no_recipe_notices_that_its_test_items_are_noise(name, recipe, folder):
    experiment, data, other = with_and_without_noise(recipe(name), folder)
    assert other.splits.sha256 == data.splits.sha256
    assert other.labels == data.labels
    for part in ("train", "validation"):
        assert torch.equal(data.parts[part].inputs["input"], other.parts[part].inputs["input"])
    assert not torch.equal(data.parts["test"].inputs["input"], other.parts["test"].inputs["input"])
    if name == "estimator":
        one, two = (fit_estimator(experiment, d, seed=0, folder=folder) for d in (data, other))
        assert [one.metrics["digit"][p] for p in ("train", "validation")] == [
            two.metrics["digit"][p] for p in ("train", "validation")
        ]
    else:
        views = tuple(experiment.views)
        one, two = (fit(experiment, d, seed=0, folder=folder, history_views=views) for d in (data, other))
        assert one.weights_sha256 is not None
        assert (one.weights_sha256, one.chosen, one.steps, one.history) == (
            two.weights_sha256,
            two.chosen,
            two.steps,
            two.history,
        )
        assert one.sealed != two.sealed
    label = next(iter(experiment.labels))
    assert one.metrics[label]["test"] != two.metrics[label]["test"]


def test_the_test_above_can_fail_where_a_feature_is_fitted_on_test_items(recipe, folder, monkeypatch):
    import repro.data.prepare as room

    fit_chain = room.fit_chain
    every = np.arange(1797)
    monkeypatch.setattr(
        room, "fit_chain", lambda items, chain, train, *rest, **words: fit_chain(items, chain, every, *rest, **words)
    )
    room.forget()
    _, data, other = with_and_without_noise(recipe("fitted-features"), folder)
    room.forget()
    assert not torch.equal(data.parts["train"].inputs["input"], other.parts["train"].inputs["input"])


def test_a_loss_knows_that_it_is_looked_at(study, data_of, folder, monkeypatch):
    """In training mode it may learn from what it gets: then it would learn from test labels."""
    from repro.training.loss import LabelLoss

    seen = set()
    forward = LabelLoss.forward

    def noting(self, output, target):
        seen.add((self.training, torch.is_inference_mode_enabled()))
        return forward(self, output, target)

    monkeypatch.setattr(LabelLoss, "forward", noting)
    experiment = study()
    fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert seen == {(True, False), (False, True)}


def test_noise_for_every_item_of_a_part_leaves_the_others_alone(study, data_of, folder):
    experiment = study()
    data = data_of(experiment)
    items = read(experiment.dataset, folder)
    test = data.splits.parts["test"]
    made = randomize(items, test[::2], test[:5], experiment.labels, {"digit": tuple("0123456789")})
    same = np.setdiff1d(np.arange(len(items)), test[::2])
    assert (made.values[same] == items.values[same]).all()
    assert made.values.min() >= items.values.min()
    assert made.values.max() <= items.values.max()
    changed = made.columns["digit"].astype(str) != items.columns["digit"].astype(str)
    assert np.flatnonzero(changed).tolist() == sorted(test[:5].tolist())
    assert made.sha256 != items.sha256
    assert replace(made, sha256="").sha256 == made.sha256
