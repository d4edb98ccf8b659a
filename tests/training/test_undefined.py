"""Scores that divide by zero: left out, counted and named, never 0; every value held against a second one."""

import math

import numpy as np
import pytest
import sklearn.metrics
import torch
import torchmetrics

from repro.data.prepared import Target
from repro.spec.part import Entry
from repro.training.best_model import BestModelTracker
from repro.training.metric import LabelMetric, measure

FOUR = Target(name="y", kind="class", classes=("a", "b", "c", "d"))
TWO = Target(name="y", kind="class", classes=("no", "yes"))
NUMBER = Target(name="y", kind="number", sizes=(1,))


def metric(folder, name, target=FOUR, positive=None, **args):
    return LabelMetric(Entry(name=name, args=args), target, folder, loss="CrossEntropyLoss", positive=positive)


def take(folder, name, output, truth, **more):
    one = metric(folder, name, **more)
    one.update(output, truth)
    return one.take()


def scores(predicted, classes):
    return torch.nn.functional.one_hot(torch.tensor(predicted), classes).float() * 3 + torch.linspace(0, 1, classes)


ONLY_NO, ONLY_YES, BOTH = [0, 0, 0], [1, 1, 1], [0, 1, 0]


@pytest.mark.parametrize(
    ("name", "predicted", "truth", "why"),
    [
        ("Recall", BOTH, ONLY_NO, "no item of yes"),
        ("AUROC", BOTH, ONLY_NO, "no item of yes"),
        ("AUROC", BOTH, ONLY_YES, "no item of another class"),
        ("AveragePrecision", BOTH, ONLY_NO, "no item of yes"),
        ("Specificity", BOTH, ONLY_YES, "no item of another class"),
        ("Precision", ONLY_NO, BOTH, "none predicted as yes"),
        ("NegativePredictiveValue", ONLY_YES, BOTH, "none predicted as another class"),
        ("F1Score", ONLY_NO, ONLY_NO, "no item of yes and none predicted as yes"),
        ("FBetaScore", ONLY_NO, ONLY_NO, "no item of yes and none predicted as yes"),
        ("JaccardIndex", ONLY_NO, ONLY_NO, "no item of yes and none predicted as yes"),
        ("MatthewsCorrCoef", ONLY_NO, ONLY_NO, "one class only among the labels or the predictions"),
        ("MatthewsCorrCoef", BOTH, ONLY_YES, "one class only among the labels or the predictions"),
        ("CohenKappa", ONLY_YES, ONLY_YES, "one class only among labels and predictions"),
    ],
)
def test_one_class_of_two(folder, name, predicted, truth, why):
    args = {"beta": 2.0} if name == "FBetaScore" else {}
    value, without = take(folder, name, scores(predicted, 2), torch.tensor(truth), target=TWO, positive="yes", **args)
    assert math.isnan(value)
    assert (without.kind, without.why) == ("value", why)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("Recall", lambda t, p: sklearn.metrics.recall_score(t, p)),
        ("Precision", lambda t, p: sklearn.metrics.precision_score(t, p)),
        ("F1Score", lambda t, p: sklearn.metrics.f1_score(t, p)),
        ("JaccardIndex", lambda t, p: sklearn.metrics.jaccard_score(t, p)),
        ("Specificity", lambda t, p: sklearn.metrics.recall_score(t, p, pos_label=0)),
        ("NegativePredictiveValue", lambda t, p: sklearn.metrics.precision_score(t, p, pos_label=0)),
    ],
)
def test_a_false_alarm_and_a_miss_are_values(folder, name, theirs):
    """0 is 0 where the formula divides by something: nothing is left out of what has a value."""
    for predicted, truth in (([0, 1, 1, 0], [1, 0, 1, 0]), ([1, 0, 1], [0, 1, 0])):
        value, without = take(folder, name, scores(predicted, 2), torch.tensor(truth), target=TWO, positive="yes")
        assert without is None
        assert value == pytest.approx(100 * theirs(truth, predicted), abs=1e-4)


TRUTH = [0, 0, 0, 1, 1, 2, 2, 2]  # no item of d
GUESS = [0, 1, 3, 1, 0, 0, 0, 1]  # c is never predicted, d once


@pytest.mark.parametrize("average", ["macro", "weighted"])
@pytest.mark.parametrize(
    ("name", "theirs", "out"),
    [
        ("Recall", sklearn.metrics.recall_score, ("d",)),
        ("Precision", sklearn.metrics.precision_score, ("c",)),
        ("F1Score", sklearn.metrics.f1_score, ()),
        ("JaccardIndex", sklearn.metrics.jaccard_score, ()),
    ],
)
def test_classes_without_a_value_are_left_out_of_the_mean(folder, name, theirs, out, average):
    value, without = take(folder, name, scores(GUESS, 4), torch.tensor(TRUTH), average=average)
    args = {"labels": range(4), "average": None, "zero_division": np.nan}
    if name == "JaccardIndex":
        args["zero_division"] = 0
    each = theirs(TRUTH, GUESS, **args)
    shares = np.bincount(TRUTH, minlength=4) if average == "weighted" else np.ones(4)
    left = [i for i, label in enumerate("abcd") if label not in out]
    assert value == pytest.approx(100 * np.average(each[left], weights=shares[left]), abs=1e-4)
    assert (() if without is None else without.names) == out
    if without is not None:
        assert (without.kind, without.count, without.total) == ("class", 1, 4)


def test_macro_accuracy_is_the_mean_recall_of_the_classes_that_have_items(folder):
    value, without = take(folder, "Accuracy", scores(GUESS, 4), torch.tensor(TRUTH), average="macro")
    with pytest.warns(UserWarning, match="not in y_true"):
        theirs = sklearn.metrics.balanced_accuracy_score(TRUTH, GUESS)
    assert value == pytest.approx(100 * theirs, abs=1e-4)
    assert without.names == ("d",)


@pytest.mark.parametrize("thresholds", [None, 50])
@pytest.mark.parametrize(
    ("name", "theirs"),
    [("AUROC", sklearn.metrics.roc_auc_score), ("AveragePrecision", sklearn.metrics.average_precision_score)],
)
def test_macro_ranking_over_the_classes_that_have_items(folder, name, theirs, thresholds):
    generator = torch.Generator().manual_seed(3)
    output, target = torch.randn(40, 4, generator=generator), torch.arange(40) % 3
    value, without = take(folder, name, output, target, average="macro", thresholds=thresholds)
    chances = torch.softmax(output, 1).numpy()
    each = [theirs(target.numpy() == c, chances[:, c]) for c in range(3)]
    assert value == pytest.approx(100 * np.mean(each), abs=1e-3 if thresholds is None else 5)
    assert (without.names, without.why) == (("d",), "no item of it")


@pytest.mark.parametrize("name", ["Recall", "Precision", "F1Score", "Specificity", "AUROC", "AveragePrecision"])
def test_a_mean_over_classes_that_all_have_a_value_is_torchmetrics_to_the_last_bit(folder, name):
    generator = torch.Generator().manual_seed(0)
    output, target = torch.randn(200, 4, generator=generator), torch.arange(200) % 4
    value, without = take(folder, name, output, target, average="macro")
    given = torch.softmax(output, 1) if name in ("AUROC", "AveragePrecision") else output.argmax(1)
    theirs = getattr(torchmetrics, name)(task="multiclass", num_classes=4, average="macro")(given, target)
    assert without is None
    assert value == round(100.0 * float(theirs), 10)


SAME, ZERO, RISING = [2.5, 2.5, 2.5], [0.0, 1.0, 2.0], [1.0, 2.0, 3.5]


@pytest.mark.parametrize(
    ("name", "predicted", "truth", "why"),
    [
        ("R2Score", RISING, SAME, "all targets are equal"),
        ("R2Score", [1.0], [2.0], "all targets are equal"),
        ("ExplainedVariance", RISING, SAME, "all targets are equal"),
        ("RelativeSquaredError", RISING, SAME, "all targets are equal"),
        ("PearsonCorrCoef", RISING, SAME, "all targets or all predictions are equal"),
        ("PearsonCorrCoef", SAME, RISING, "all targets or all predictions are equal"),
        ("SpearmanCorrCoef", RISING, SAME, "all targets or all predictions are equal"),
        ("KendallRankCorrCoef", SAME, RISING, "all targets or all predictions are equal"),
        ("ConcordanceCorrCoef", SAME, SAME, "all targets or all predictions are equal"),
        ("MeanAbsolutePercentageError", RISING, ZERO, "a target is 0"),
        ("WeightedMeanAbsolutePercentageError", RISING, [0.0, 0.0, 0.0], "all targets are 0"),
        ("NormalizedRootMeanSquaredError", RISING, [-1.0, 0.0, 1.0], "the mean of the targets is 0"),
    ],
)
def test_numbers_that_do_not_differ(folder, name, predicted, truth, why):
    value, without = take(folder, name, torch.tensor(predicted)[:, None], torch.tensor(truth)[:, None], target=NUMBER)
    assert math.isnan(value)
    assert without.why == why
    value, without = take(folder, name, torch.tensor(RISING)[:, None] + 1, torch.tensor(RISING)[:, None], target=NUMBER)
    assert math.isfinite(value)
    assert without is None


def test_reading_starts_anew_and_a_checkpoint_keeps_the_extent(folder):
    one, other = metric(folder, "R2Score", target=NUMBER), metric(folder, "R2Score", target=NUMBER)
    one.update(torch.tensor([[1.0], [2.0]]), torch.tensor([[5.0], [5.0]]))
    other.put_back(one.kept_state(), torch.device("cpu"))
    assert math.isnan(one.read())
    for half in (other, one):
        half.update(torch.tensor([[1.0]]), torch.tensor([[6.0]]))
    assert math.isfinite(other.read())
    assert math.isnan(one.read())  # one item


def test_what_the_spec_says_of_a_division_by_zero_holds(folder):
    more = {"target": TWO, "positive": "yes", "zero_division": 1.0}
    assert take(folder, "Recall", scores(BOTH, 2), torch.tensor(ONLY_NO), **more) == (100.0, None)


def test_an_own_metric_that_gives_no_number_has_no_value_but_a_diverged_net_failed(folder):
    one = metric(folder, "Recall", target=TWO, positive="yes")
    values, undefined = measure({"recall": one}, scores(BOTH, 2), torch.tensor(ONLY_NO))
    assert math.isnan(values["recall"])
    assert undefined["recall"][0].kind == "value"
    error = metric(folder, "MeanSquaredError", target=NUMBER)
    values, undefined = measure({"mse": error}, torch.tensor([[float("nan")]]), torch.tensor([[1.0]]))
    assert math.isnan(values["mse"])
    assert undefined == {}


def test_a_value_that_is_not_there_is_never_the_best():
    watch = BestModelTracker("validation/f1", smaller=False, keep=False, patience=None)
    net = torch.nn.Linear(1, 1)
    for step, value in enumerate([float("nan"), 0.0, 20.0, float("nan"), 10.0]):
        watch.see({"validation/f1": value}, step, 0.0, net)
    assert (watch.best, watch.step) == (20.0, 2)
