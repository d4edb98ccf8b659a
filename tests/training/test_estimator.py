"""Classical experiments against scikit-learn used by hand, and the rows that need no training."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

from repro.data.prepare import prepare
from repro.spec.experiment import Block, Dataset, Input, Label, Model, Splits, Training
from repro.spec.problem import SpecError
from repro.training.chance import reference_scores
from repro.training.estimator import fit_estimator, make_pipeline


def classical(study, *entries, **fields):
    model = Model(name="c", blocks=(Block(name="digit", sources=("input",), estimator=entries),))
    return study(model=model, optimizer=None, losses={}, **fields).model_copy(update={"training": Training()})


def rows(part):
    return part.inputs["input"].flatten(1).numpy(), part.targets["digit"].numpy()


def test_k_nn_is_scikit_learns(study, data_of, folder, make_entry):
    experiment = classical(study, make_entry("KNeighborsClassifier", n_neighbors=3))
    data = data_of(experiment)
    outcome = fit_estimator(experiment, data, seed=0, folder=folder)
    theirs = KNeighborsClassifier(3).fit(*rows(data.parts["train"]))
    for view in ("train", "validation", "test"):
        score = outcome.metrics["digit"][view]
        assert score.values == {"Accuracy": pytest.approx(100 * theirs.score(*rows(data.parts[view])))}
    assert outcome.constant
    assert (outcome.parameters, outcome.chosen, outcome.path) == (None, ("none", 0, 0.0), "estimator")
    predicted = outcome.predictions["digit"]["test"].arrays["predicted"].argmax(1)
    np.testing.assert_array_equal(predicted, theirs.predict(rows(data.parts["test"])[0]))


def test_the_seed_reaches_every_random_step(study, data_of, folder, make_entry):
    entries = (make_entry("PCA", n_components=8), make_entry("RandomForestClassifier", n_estimators=5))
    experiment = classical(study, *entries)
    data = data_of(experiment)
    pipeline, constant = make_pipeline(experiment, 0, folder)
    states = [step.random_state for _, step in pipeline.steps]
    assert not constant
    assert len(set(states)) == 2
    once, again, other = (fit_estimator(experiment, data, seed=seed, folder=folder) for seed in (0, 0, 1))
    assert once.metrics == again.metrics != other.metrics
    assert not once.constant


def test_what_is_said_to_draw_nothing_draws_nothing(study, data_of, folder, make_entry):
    for name, args in (
        ("LogisticRegression", {"max_iter": 50}),
        ("RidgeClassifier", {}),
        ("SVC", {}),
        ("NuSVC", {"nu": 0.1}),
    ):
        experiment = classical(study, make_entry("StandardScaler"), make_entry(name, **args))
        data = data_of(experiment)
        one, other = (fit_estimator(experiment, data, seed=seed, folder=folder) for seed in (0, 1))
        assert one.constant, name
        for view, kept in one.predictions["digit"].items():
            again = other.predictions["digit"][view].arrays["predicted"]
            np.testing.assert_array_equal(kept.arrays["predicted"], again, err_msg=name)


def test_a_classifier_without_probabilities(study, data_of, folder, make_entry):
    experiment = classical(study, make_entry("StandardScaler"), make_entry("RidgeClassifier"))
    outcome = fit_estimator(experiment, data_of(experiment), seed=0, folder=folder)
    assert outcome.metrics["digit"]["test"].values["Accuracy"] > 80
    assert outcome.predictions["digit"]["test"].arrays["predicted"].sum() == 200


def test_a_pipeline_that_predicts_nothing_is_refused(study, folder, make_entry):
    with pytest.raises(SpecError, match="PCA predicts nothing; the last step must be a classifier"):
        make_pipeline(classical(study, make_entry("PCA")), 0, folder)


def test_a_regressor_and_the_mean(study, folder, make_entry):
    experiment = classical(
        study,
        make_entry("LinearRegression"),
        dataset=Dataset(name="diabetes"),
        labels={"progression": Label(name="progression", column="progression", kind="number", standardize=True)},
        splits=Splits(source="all", train=342, test=100),
        inputs={"input": Input(name="input")},
        metrics={"MeanSquaredError": make_entry("MeanSquaredError"), "R2Score": make_entry("R2Score")},
    )
    data = prepare(experiment, seed=0, folder=folder)
    target = data.labels["progression"]
    train, test = data.parts["train"], data.parts["test"]
    own = [p.targets["progression"].numpy()[:, 0].astype(np.float64) * target.std + target.mean for p in (train, test)]
    theirs = LinearRegression().fit(train.inputs["input"].numpy(), own[0])
    predicted = theirs.predict(test.inputs["input"].numpy())
    values = fit_estimator(experiment, data, seed=0, folder=folder).metrics["progression"]["test"].values
    assert values["MeanSquaredError"] == pytest.approx(((predicted - own[1]) ** 2).mean(), rel=1e-3)
    mean = reference_scores(experiment, data, folder)["progression"]["mean"]
    assert mean.values["MeanSquaredError"] == pytest.approx(((own[0].mean() - own[1]) ** 2).mean(), rel=1e-4)
    assert mean.n == 100


def test_majority_and_chance(study, data_of, folder, make_entry):
    experiment = study(metrics={"Accuracy": make_entry("Accuracy"), "wrong": make_entry("ErrorRate")})
    data = data_of(experiment)
    found = reference_scores(experiment, data, folder)["digit"]
    train, test = (data.parts[name].targets["digit"].numpy() for name in ("train", "test"))
    commonest = np.bincount(train, minlength=10).argmax()
    assert found["majority"].values["Accuracy"] == pytest.approx(100 * (test == commonest).mean())
    assert found["majority"].values["wrong"] == pytest.approx(100 * (test != commonest).mean())
    assert found["chance"].values == {"Accuracy": 10.0, "wrong": 90.0}
