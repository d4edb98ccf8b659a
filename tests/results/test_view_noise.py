"""Noise of test items by view: single items, groups, segments, and items that a run picked itself."""

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.figures.measurements import Measurements
from repro.results.figures.requested_figures import requested_figures
from repro.results.item_noise import bootstrap_sd
from repro.results.metric_info import metric_info
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import view_noise
from repro.runs.record import Scores
from repro.spec.experiment import Label, Only, View
from repro.spec.part import Entry
from repro.spec.spec import Figure

CLASSES = ("a", "b", "c")
GENERATOR = np.random.default_rng(8)
ITEMS = 400
TARGET = GENERATOR.integers(0, 3, ITEMS)
GROUPS = np.arange(ITEMS) // 20
HARD = GENERATOR.random(20)[GROUPS] < 0.4  # whole groups are hard
PREDICTED = np.where(HARD & (GENERATOR.random(ITEMS) < 0.6), (TARGET + 1) % 3, TARGET)
VIEWS = {
    "by-speaker": {"mean_over": "speaker"},
    "segments": {"vote": "none"},
    "true-b": {"only": Only(label="digit", classes=("b",))},
    "called-b": {"only": Only(label="digit", classes=("b",), predicted=True)},
    "majority": {"vote": "majority"},
    "majority-by-speaker": {"vote": "majority", "mean_over": "speaker"},
}
KEPT = {
    "test": {"predicted": np.eye(3)[PREDICTED], "target": TARGET, "items": np.arange(ITEMS)},
    "by-speaker": {"items": np.arange(ITEMS), "groups": GROUPS},
    "segments": {
        "predicted": np.eye(3)[PREDICTED.repeat(5)], "target": TARGET.repeat(5), "items": np.arange(ITEMS).repeat(5),
        "segments": np.tile(np.arange(5), ITEMS),
    },
    "majority": {"predicted": PREDICTED, "target": TARGET, "items": np.arange(ITEMS)},
    "majority-by-speaker": {"items": np.arange(ITEMS), "groups": GROUPS},
}  # fmt: skip


def kept(record, view="test"):
    return KEPT.get(view)


@pytest.fixture
def experiment(made):
    return made.experiment(
        "cnn",
        labels={"digit": Label(name="digit", column="digit", classes=CLASSES)},
        views={name: View(name=name, of="test", **fields) for name, fields in VIEWS.items()},
        metrics={"Accuracy": Entry(name="Accuracy"), "f1": Entry(name="F1Score", args={"average": "macro"})},
    )


def noise(experiment, made, key):
    return view_noise(experiment, metric_info(experiment, key, None), made.record("cnn", 0), kept)


def test_the_mean_over_groups_and_its_noise(experiment, made) -> None:
    means = np.array([100 * (PREDICTED == TARGET)[g == GROUPS].mean() for g in range(20)])
    for view in ("by-speaker", "majority-by-speaker"):
        found = noise(experiment, made, f"{view}/Accuracy")
        assert found.statistic(np.ones(ITEMS)) == pytest.approx(means.mean())
        sd = bootstrap_sd([found.statistic], found.items, clusters=found.clusters)
        assert sd == pytest.approx(means.std() / np.sqrt(20), rel=0.1)
        assert not metric_info(experiment, f"{view}/Accuracy", None).binomial
    single = noise(experiment, made, "test/Accuracy")
    assert sd > 2 * bootstrap_sd([single.statistic], ITEMS)  # groups are alike inside


def test_segments_of_one_item_are_drawn_together(experiment, made) -> None:
    found = noise(experiment, made, "segments/Accuracy")
    assert found.items == 5 * ITEMS
    sd = bootstrap_sd([found.statistic], found.items, clusters=found.clusters)
    p = (PREDICTED == TARGET).mean()
    assert sd == pytest.approx(100 * np.sqrt(p * (1 - p) / ITEMS), rel=0.1)  # of the items, not of five times as many
    assert not metric_info(experiment, "segments/Accuracy", None).binomial


@pytest.mark.parametrize(("view", "left"), [("true-b", TARGET == 1), ("called-b", PREDICTED == 1)])
def test_views_of_some_items(experiment, made, view, left) -> None:
    found = noise(experiment, made, f"{view}/Accuracy")
    right = (PREDICTED == TARGET)[left]
    assert found.statistic(np.ones(ITEMS)) == pytest.approx(100 * right.mean())
    assert np.isnan(found.statistic(np.zeros(ITEMS)))
    sd = bootstrap_sd([found.statistic], ITEMS)
    assert sd == pytest.approx(100 * right.std() / np.sqrt(left.sum()), rel=0.15)


def study(made, experiment, *entries):
    spec = made.spec([experiment], entries)
    views = {"test": 1000, "called-b": 130, "by-speaker": 20}
    means = np.mean([100 * (PREDICTED == TARGET)[g == GROUPS].mean() for g in range(20)])
    value = {"by-speaker": float(means), "called-b": 100 * (PREDICTED == TARGET)[PREDICTED == 1].mean()}
    scores = {v: Scores(values={"Accuracy": value.get(v, 90.0)}, n=n) for v, n in views.items()}
    records = [made.record("cnn", seed, metrics={"digit": scores}) for seed in range(3)]
    return spec, records


def test_the_verdict_knows_the_view(experiment, made) -> None:
    entries = [
        made.reported("cnn", "88.0", metric=f"{view}/Accuracy", same_test_items=same)
        for view, same in (("called-b", True), ("by-speaker", False))
    ]
    spec, records = study(made, experiment, *entries)
    called, grouped = results(spec, made.plan(spec, seeds=[0, 1, 2]), records, predictions=kept).rows[:2]
    assert "each run is judged on the items that it picked itself: not the paper's test items" in called.notes
    assert called.extra["tau"] > 3  # same_test_items does not hold for it
    assert "other test items: whole groups of speaker redrawn" in grouped.notes
    assert grouped.extra["tau"] > 4


def test_a_confusion_matrix_of_a_view(experiment, made) -> None:
    spec, records = study(made, experiment)
    plan = made.plan(spec, seeds=[0, 1, 2])
    runs, _ = gather(spec, plan, records)
    whole = StudyRuns(spec, runs, results(spec, plan, records))
    figure = Figure(name="called", kind="confusion", experiments=("cnn",), y=("called-b/Accuracy",))
    drawn = requested_figures(Measurements(whole, kept), figure)["called"]
    said = " ".join(text.get_text() for text in drawn.findobj(match=lambda a: hasattr(a, "get_text")))
    assert f"{3 * int((PREDICTED == 1).sum()):,} items" in said
