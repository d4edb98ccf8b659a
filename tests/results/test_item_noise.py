"""The bootstrap over items, and metrics as functions of item weights."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, mean_squared_error, precision_score, recall_score

from repro.results.item_noise import bootstrap_sd, predicted_classes, statistic
from repro.results.metric_info import MetricInfo
from repro.spec.part import Entry

GENERATOR = np.random.default_rng(3)
TARGET = GENERATOR.integers(0, 4, 500)
PREDICTED = np.where(GENERATOR.random(500) < 0.8, TARGET, (TARGET + 1) % 4)


def metric(name):
    return MetricInfo("test", name, name, "max", proportion=True, binomial=False)


@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize(
    ("name", "score"), [("F1Score", f1_score), ("Precision", precision_score), ("Recall", recall_score)]
)
def test_class_metrics_are_what_scikit_learn_gives_with_weights(name, score, average) -> None:
    of = statistic(
        metric(name), Entry(name=name, args={"average": average}), {"predicted": PREDICTED, "target": TARGET}
    )
    weights = np.random.default_rng(1).integers(0, 3, 500).astype(float)
    expected = 100 * score(TARGET, PREDICTED, average=average, sample_weight=weights)
    assert of(weights) == pytest.approx(expected)


def test_errors_are_what_scikit_learn_gives() -> None:
    target, predicted = GENERATOR.normal(size=300), GENERATOR.normal(size=300)
    arrays = {"predicted": predicted, "target": target}
    of = statistic(metric("MeanSquaredError"), Entry(name="MeanSquaredError"), arrays)
    assert of(np.ones(300)) == pytest.approx(mean_squared_error(target, predicted))
    root = statistic(metric("MeanSquaredError"), Entry(name="MeanSquaredError", args={"squared": False}), arrays)
    assert root(np.ones(300)) == pytest.approx(mean_squared_error(target, predicted) ** 0.5)


def test_the_bootstrap_of_a_mean_is_its_standard_error_and_repeats() -> None:
    values = GENERATOR.normal(0, 3, 800)
    sd = bootstrap_sd([lambda w: float(np.average(values, weights=w))], 800)
    assert sd == pytest.approx(values.std() / np.sqrt(800), rel=0.06)
    assert sd == bootstrap_sd([lambda w: float(np.average(values, weights=w))], 800)


def test_clusters_are_drawn_whole() -> None:
    groups = np.repeat(np.arange(40), 20)
    values = np.repeat(GENERATOR.normal(0, 3, 40), 20)
    sd = bootstrap_sd([lambda w: float(np.average(values, weights=w))], 800, clusters=groups)
    assert sd == pytest.approx(values.std() / np.sqrt(40), rel=0.08)  # 40 things were measured, not 800


def test_scores_of_classes_count_as_the_largest() -> None:
    scores = np.eye(4)[PREDICTED] + 0.1
    assert predicted_classes({"predicted": scores}).tolist() == PREDICTED.tolist()
    assert predicted_classes({"predicted": np.zeros(5, dtype=np.float32)}) is None


def test_an_unknown_metric_is_not_guessed() -> None:
    arrays = {"predicted": PREDICTED, "target": TARGET}
    assert statistic(metric("AUROC"), Entry(name="AUROC"), arrays) is None
    assert statistic(metric("F1Score"), Entry(name="F1Score", args={"average": "micro"}), arrays) is None
