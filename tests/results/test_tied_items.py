"""Test items that are tied together: the design effect, whole groups redrawn, and what is said where nobody knows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.results.collect import results
from repro.results.metric_info import metric_info
from repro.results.runs_by_experiment import gather
from repro.results.seed_noise import item_sd, over_folds
from repro.results.tied_items import ItemGroups, icc, tied_items
from repro.results.view_noise import ViewNoise, view_noise
from repro.runs.record import Scores
from repro.spec.experiment import Folds, Splits, View
from repro.spec.part import Entry
from repro.spec.tied_by import tied_by

RIGHT = np.array([1.0, 1, 1, 1, 0, 0, 0, 0, 1])
GROUP = np.repeat([0, 1, 2], 3)
BY_SPEAKER = Splits(folds=Folds(by="each"), group="speaker")


def test_the_icc_of_three_groups_by_hand() -> None:
    # means 1, 1/3, 1/3 of 5/9: MSB = (8/9)/2 = 4/9, MSW = (4/3)/6 = 2/9, n0 = 3; (2/9) / (8/9)
    assert icc(RIGHT, GROUP) == pytest.approx(0.25)
    assert ItemGroups(3, 3.0, icc(RIGHT, GROUP)).effect == pytest.approx(1.5)


def test_groups_of_other_sizes_have_another_n0() -> None:
    # groups of 1, 2, 3 with means 1, 1/2, 0 of 1/3: MSB = (4/9 + 2/36 + 3/9)/2 = 5/12, MSW = (1/2)/3 = 1/6
    # n0 = (6 - 14/6)/2 = 11/6; (5/12 - 1/6) / (5/12 + 5/6 * 1/6) = 9/20
    values = np.array([1.0, 1, 0, 0, 0, 0])
    assert icc(values, np.array([7, 3, 3, 5, 5, 5])) == pytest.approx(9 / 20)


def test_corners_of_the_icc() -> None:
    assert icc(RIGHT, np.zeros(9, dtype=np.int64)) is None  # one group
    assert icc(RIGHT, np.arange(9)) is None  # no second item
    assert icc(np.ones(9), GROUP) == 0.0
    assert icc(np.array([1.0, 0, 1, 0]), np.array([0, 0, 1, 1])) == 0.0  # less alike than chance: floored
    assert ItemGroups(1, 9.0, None).effect is None


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=4, max_size=60),
    st.permutations(range(6)),
)
def test_the_icc_lies_between_0_and_1_and_names_do_not_matter(items, names) -> None:
    values = np.array([float(right) for right, _ in items])
    groups = np.array([group for _, group in items])
    found = icc(values, groups)
    if found is not None:
        assert 0 <= found <= 1
        renamed = icc(values, np.array([names[g] for g in groups]))
        assert renamed == pytest.approx(found)


@pytest.fixture
def study(made, folded):
    """Three speakers with three clips each, one speaker a fold: 100, 33.3 and 33.3 % right, the same for each seed."""

    def study(same=False, splits=BY_SPEAKER, metric="test/Accuracy", **changes):
        experiment = folded.experiment(made, "net", splits, **changes)
        entry = folded.reported(made, "net", "60.0", metric=metric, same_test_items=same, items=18)
        spec = made.spec([experiment], [entry])
        by_seed = [[100.0, 100 / 3, 100 / 3]] * 3
        return spec, folded.plan(made, spec, folds=(1, 2, 3)), folded.records(made, "net", by_seed, n=3)

    return study


def kept(record, view="test", **changes):
    at = slice(3 * (record.fold - 1), 3 * record.fold)
    target = np.zeros(3, dtype=np.int64)
    arrays = {"items": np.arange(9)[at], "target": target, "predicted": 1 - RIGHT[at].astype(np.int64)}
    return {**arrays, "group": GROUP[at].astype(np.uint8), **changes}


def test_a_share_of_tied_items_has_the_design_effect(study) -> None:
    spec, plan, records = study()
    row = results(spec, plan, records, predictions=kept).rows[0]
    p = (5 + 2) / (9 + 4)
    assert row.extra["design_effect"] == pytest.approx(1.5)
    assert row.extra["icc"] == pytest.approx(0.25)
    assert row.extra["tau"] == pytest.approx(100 * math.sqrt(1.5 * (p * (1 - p) / 18 + p * (1 - p) / 9)))
    assert "3 groups of test items, ICC 0.25 within speaker: design effect 1.5" in row.notes


def test_on_the_paper_s_own_items_ties_do_not_matter(study) -> None:
    spec, plan, records = study(same=True)
    row = results(spec, plan, records, predictions=kept).rows[0]
    assert row.extra["tau"] == 0
    assert "design_effect" not in row.extra


def test_without_a_group_items_are_independent(study) -> None:
    spec, plan, records = study(splits=Splits(folds=Folds(by="count", count=3)))
    row = results(spec, plan, records, predictions=kept).rows[0]
    p = (5 + 2) / (9 + 4)
    assert row.extra["tau"] == pytest.approx(100 * math.sqrt(p * (1 - p) / 18 + p * (1 - p) / 9))


def test_where_the_groups_were_not_kept_nothing_is_claimed(study) -> None:
    spec, plan, records = study()

    def without(record, view="test"):
        return {n: a for n, a in kept(record).items() if n != "group"}

    def others(record, view="test"):
        return kept(record, predicted=np.zeros(3, dtype=np.int64))  # not what the record says

    for predictions in (None, without, others):
        row = results(spec, plan, records, predictions=predictions).rows[0]
        assert row.sentence.startswith("can't tell: the paper's test items are not ours, and ours are tied together")
        assert row.pi95 is None


def test_an_error_rate_has_the_same_ties(made, study) -> None:
    spec, plan, records = study(metric="test/wrong", metrics={"wrong": Entry(name="ErrorRate")})
    turned = [
        r.model_copy(update={"metrics": {"category": {"test": Scores(values={"wrong": 100 - accuracy}, n=3)}}})
        for r in records
        for accuracy in (r.metrics["category"]["test"].values["Accuracy"],)
    ]
    runs, _ = gather(spec, plan, turned)
    metric = metric_info(spec.experiments["net"], "test/wrong", None)
    found = tied_items(spec.experiments["net"], metric, runs["net"], kept)
    assert found is not None
    assert (found.groups, found.size, found.icc) == (3, 3.0, pytest.approx(0.25))


def test_whole_groups_are_redrawn_in_other_metrics(made, folded) -> None:
    """Thirty speakers of ten clips, each all right or all wrong: thirty things were measured, not three hundred."""
    generator = np.random.default_rng(5)
    good = generator.random(30) < 0.7
    target = generator.integers(0, 2, 300)
    group = np.repeat(np.arange(30), 10)
    predicted = np.where(good[group], target, 1 - target)
    metrics = {"F1Score": Entry(name="F1Score", args={"average": "macro"})}
    experiment = made.experiment("net", splits=Splits(train=0.5, test=0.5, group="speaker"), metrics=metrics)
    spec = made.spec([experiment])
    f1 = 50 * sum(
        2 * np.sum((predicted == c) & (target == c)) / (np.sum(predicted == c) + np.sum(target == c)) for c in (0, 1)
    )
    records = [
        made.record("net", s, metrics={"digit": {"test": {"values": {"F1Score": f1}, "n": 300}}}) for s in (0, 1)
    ]
    runs, _ = gather(spec, made.plan(spec, seeds=[0, 1]), records)
    metric = metric_info(experiment, "test/F1Score", None)
    arrays = {"predicted": predicted, "target": target, "items": np.arange(300)}
    alone = item_sd(experiment, metric, runs["net"], lambda record, view="test": arrays)
    tied = item_sd(experiment, metric, runs["net"], lambda record, view="test": {**arrays, "group": group})
    assert alone == pytest.approx(100 * math.sqrt(0.7 * 0.3 / 300), rel=0.15)
    assert tied == pytest.approx(100 * good.std() / math.sqrt(30), rel=0.15)


def test_a_group_in_several_folds_is_drawn_once_and_numbers_of_one_fold_are_not() -> None:
    def fold(codes, across):
        return ViewNoise(lambda w: float(np.average(np.arange(4.0), weights=w)), 4, np.array(codes), across)

    shared = over_folds([fold([0, 0, 1, 1], True), fold([1, 1, 2, 2], True)], [4, 4])
    assert shared.clusters.tolist() == [0, 0, 1, 1, 1, 1, 2, 2]
    apart = over_folds([fold([0, 0, 1, 1], False), fold([1, 1, 2, 2], False)], [4, 4])
    assert apart.clusters.tolist() == [0, 0, 1, 1, 3, 3, 4, 4]
    # items as drawn: fold 1 counts once, fold 2 three times, each fold's mean being 1.5 but for the weights
    weights = np.array([1.0, 0, 0, 0, 0, 0, 0, 3.0])
    assert shared.statistic(weights) == pytest.approx((1 * 0.0 + 3 * 3.0) / 4)
    assert over_folds([fold([0] * 4, True), fold([0] * 4, True)], [1, 3]).statistic(np.ones(8)) == pytest.approx(1.5)


def test_means_over_groups_inside_wider_ties_redraw_what_is_wider(made) -> None:
    views = {"by-word": View(name="by-word", of="test", mean_over="word")}
    experiment = made.experiment("net", splits=Splits(train=0.5, test=0.5, group="speaker"), views=views)
    arrays = {
        "predicted": np.array([0, 0, 1, 1]), "target": np.zeros(4, dtype=np.int64), "items": np.arange(4),
    }  # fmt: skip

    def found(words, speakers):
        def kept(record, view="test"):
            return (
                {"items": np.arange(4), "groups": np.array(words)}
                if view == "by-word"
                else ({**arrays, "group": np.array(speakers)})
            )

        return view_noise(experiment, metric_info(experiment, "by-word/Accuracy", None), made.record("net", 0), kept)

    inside = found([0, 0, 1, 1], [5, 5, 5, 5])
    assert (inside.clusters.tolist(), inside.across_folds) == ([5, 5, 5, 5], True)
    across = found([0, 0, 1, 1], [5, 6, 5, 6])
    assert (across.clusters.tolist(), across.across_folds) == ([0, 0, 1, 1], False)


def test_what_ties_items() -> None:
    assert tied_by(Splits(train=0.5, test=0.5)) is None
    assert tied_by(Splits(folds=Folds(by="official"))) is None
    assert tied_by(BY_SPEAKER) == "speaker"
    assert tied_by(Splits(folds=Folds(by="lists", column="speaker", lists=(("a",), ("b",))))) == "speaker"
