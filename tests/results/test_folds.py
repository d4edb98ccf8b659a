"""Rows of studies with folds: one value a seed, two sds by name, missing folds, the paper's folds beside ours."""

import math

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.fold_score import FoldScore, sd_over_folds
from repro.results.row import Verdict
from repro.results.runs_by_experiment import gather
from repro.runs.record import Point
from repro.spec.experiment import Dataset, Folds, Label, Splits
from repro.spec.part import Entry
from repro.spec.spec import Claim, Spread

BY_SEED = [[60.0, 80.0, 70.0, 90.0, 50.0], [62.0, 82.0, 72.0, 92.0, 52.0], [61.0, 78.0, 71.0, 88.0, 57.0]]
"""Each seed's mean over its folds is 70, 72 and 71; each fold's mean over seeds 61, 80, 71, 90 and 53."""


def row_of(found, experiment, metric="test/Accuracy"):
    return next(r for r in found.rows if r.experiment == experiment and r.metric == metric)


@pytest.fixture
def spec(made, folded):
    return made.spec(
        [folded.experiment(made, "forest"), folded.experiment(made, "cnn")],
        [folded.reported(made, "forest", "71.0", folds=folded.PAPER_FOLDS)],
    )


@pytest.fixture
def row_for(made, folded):
    def row_for(spec, records, name="forest", **more):
        return row_of(results(spec, folded.plan(made, spec), records, **more), name)

    return row_for


def test_a_seed_is_one_value_over_its_folds(spec, made, folded, row_for) -> None:
    row = row_for(spec, folded.records(made, "forest", BY_SEED))
    assert row.values == pytest.approx((70.0, 72.0, 71.0))
    assert row.seeds == (0, 1, 2)
    assert row.mean == pytest.approx(71.0)
    assert row.sd == pytest.approx(1.0)
    assert row.extra["k"] == 3
    assert row.folds_planned == 5


def test_every_test_item_counts_the_same(spec, made, folded, row_for) -> None:
    row = row_for(spec, folded.records(made, "forest", BY_SEED, n=[100, 100, 100, 100, 400]))
    assert row.values[0] == pytest.approx((60 + 80 + 70 + 90 + 4 * 50) / 8)


def test_folds_have_their_own_sd_and_it_is_no_error(spec, made, folded, row_for) -> None:
    row = row_for(spec, folded.records(made, "forest", BY_SEED))
    assert [f.mean for f in row.folds] == pytest.approx([61.0, 80.0, 71.0, 90.0, 53.0])
    assert [f.name for f in row.folds] == ["1", "2", "3", "4", "5"]
    assert row.folds[0].values == (60.0, 62.0, 61.0)
    # mean 71; squares 100 + 81 + 0 + 361 + 324 = 866, over 4
    assert row.sd_over_folds == pytest.approx(math.sqrt(866 / 4))
    # SE^2 = s^2/3 + s^2/1 + h^2/3 with s over seeds = 1, h = 0.05
    assert row.extra["se"] == pytest.approx(math.sqrt(1 / 3 + 1 + 0.05**2 / 3))


def test_with_one_fold_nobody_knows_how_much_folds_differ() -> None:
    assert sd_over_folds([FoldScore(1, "1", (5.0,))]) is None
    assert sd_over_folds([]) is None


def test_the_paper_s_folds_stand_beside_ours(spec, made, folded, row_for) -> None:
    row = row_for(spec, folded.records(made, "forest", BY_SEED))
    assert tuple(f.reported for f in row.folds) == folded.PAPER_FOLDS
    few = spec.model_copy(update={"reported": (folded.reported(made, "forest", "71.0", folds=(60.0, 70.0)),)})
    row = row_for(few, folded.records(made, "forest", BY_SEED))
    assert {f.reported for f in row.folds} == {None}
    assert "the paper prints 2 folds, 5 are run here: not shown side by side" in row.notes


def test_a_spread_over_folds_is_shown_and_not_used(made, folded, row_for) -> None:
    number = made.number("71.0", 9.0)
    entry = folded.reported(made, "forest").model_copy(
        update={"number": number, "spread": Spread(kind="sd", over="folds")}
    )
    spec = made.spec([folded.experiment(made, "forest")], [entry])
    row = row_for(spec, folded.records(made, "forest", BY_SEED))
    assert "the paper's ± is over folds and not used" in row.notes
    assert row.extra["se"] == pytest.approx(math.sqrt(1 / 3 + 1 + 0.05**2 / 3))


def test_a_seed_that_lacks_folds_is_missing_and_said(spec, made, folded, row_for) -> None:
    records = [r for r in folded.records(made, "forest", BY_SEED) if (r.seed, r.fold) not in {(1, 3), (1, 4)}]
    row = row_for(spec, records)
    assert row.seeds == (0, 2)
    assert row.failed_seeds == ()
    assert "folds 3, 4 of seed 1 missing" in row.notes
    assert "2 of 3 seeds done over all 5 folds" in row.notes
    assert row.folds[0].values == (60.0, 61.0)
    assert "seeds differ by 0.71 points" in row.sentence
    assert "7 seeds would settle it" in row.sentence


def test_before_any_seed_has_all_its_folds(spec, made, folded, row_for) -> None:
    row = row_for(spec, folded.records(made, "forest", [BY_SEED[0]])[:4])
    assert (row.verdict, row.values) == (None, ())
    assert row.sentence == "no seed has all its folds yet"
    assert row.notes == ("0 of 3 seeds done over all 5 folds", "fold 5 of seed 0 missing")
    plain = row_for(spec, folded.records(made, "cnn", [BY_SEED[0]])[:4], "cnn")
    assert plain.sentence == "the paper prints no number; no seed has all its folds yet"
    assert "fold 5 of seed 0 missing" in plain.notes


def test_a_failed_fold_fails_its_seed_and_is_named(spec, made, folded, row_for) -> None:
    records = [r for r in folded.records(made, "forest", BY_SEED) if (r.seed, r.fold) != (2, 5)]
    broken = folded.record(made, "forest", 2, 5, 0.0, state="failed", reason="loss is not finite", metrics={})
    row = row_for(spec, [*records, broken])
    assert row.failed_seeds == (2,)
    assert row.seeds == (0, 1)
    assert "fold 5 of seed 2 failed" in row.notes


def test_without_a_plan_the_spec_says_which_folds_there_should_be(spec, made, folded, monkeypatch) -> None:
    monkeypatch.setattr("repro.results.collect.terms_of", lambda spec: made.TERMS)
    four = [r for r in folded.records(made, "forest", BY_SEED) if r.fold != 5]
    row = row_of(results(spec, None, four), "forest")
    assert row.values == ()
    assert "fold 5 of seed 0 missing" in row.notes
    stray = folded.record(made, "forest", 0, 6, 99.0)
    found = results(spec, None, [*folded.records(made, "forest", BY_SEED), stray])
    assert row_of(found, "forest").values == pytest.approx((70.0, 72.0, 71.0))
    assert found.warnings == ("1 records of other experiments, seeds or rungs are not in this table",)


def test_folds_of_groups_are_called_by_their_group(made, folded) -> None:
    splits = Splits(folds=Folds(by="each"), group="speaker", validation="next")
    experiment = folded.experiment(made, "net", splits, dataset=Dataset(name="fsdd"))
    spec = made.spec([experiment], [])
    plan = folded.plan(made, spec, folds=(1, 2, 3, 4, 5, 6))
    row = row_of(results(spec, plan, folded.records(made, "net", [[90.0, 80.0, 70.0, 60.0, 50.0, 40.0]] * 3)), "net")
    assert [f.name for f in row.folds] == ["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]
    assert row.sd_over_folds == pytest.approx(np.std([90, 80, 70, 60, 50, 40], ddof=1))


def test_some_of_the_folds_make_a_row_partial(made, folded, row_for) -> None:
    some = Splits(folds=Folds(by="official"), validation="next", only=(1, 3))
    spec = made.spec(
        [folded.experiment(made, "forest", some)], [folded.reported(made, "forest", folds=(1, 2, 3, 4, 5))]
    )
    records = [r for r in folded.records(made, "forest", BY_SEED) if r.fold in (1, 3)]
    row = row_for(spec, records)
    assert row.verdict is Verdict.PARTIAL
    assert "folds 1, 3 of 5 only" in row.sentence
    assert row.values == pytest.approx((65.0, 67.0, 66.0))
    assert [f.reported for f in row.folds] == [1.0, 3.0]  # the paper's first and third
    every = Splits(folds=Folds(by="official"), validation="next", only=(1, 2, 3, 4, 5))
    spec = made.spec([folded.experiment(made, "forest", every)], [folded.reported(made, "forest", "71.0")])
    assert row_for(spec, folded.records(made, "forest", BY_SEED)).verdict is not Verdict.PARTIAL
    said = made.spec(
        [folded.experiment(made, "forest", some)], [folded.reported(made, "forest")],
        partial={"forest": ("rung smoke: splits.only",)}, rung="smoke",
    )  # fmt: skip
    assert "of 5 only" not in row_for(said, records).sentence


def test_own_folds_take_the_noise_of_all_items(made, folded, row_for) -> None:
    own = Splits(folds=Folds(by="count", count=5))
    entry = folded.reported(made, "forest", "71.0", same_test_items=False, items=400)
    spec = made.spec([folded.experiment(made, "forest", own)], [entry])
    row = row_for(spec, folded.records(made, "forest", BY_SEED, n=80))
    p = (0.71 * 400 + 2) / 404
    assert row.extra["tau"] == pytest.approx(100 * math.sqrt(2 * p * (1 - p) / 400))


def test_folds_drawn_anew_for_each_seed_are_no_repeated_random_splits(made, folded, row_for) -> None:
    own = Splits(folds=Folds(by="count", count=5), seed="run")
    spec = made.spec([folded.experiment(made, "forest", own)], [folded.reported(made, "forest", "71.0")])
    records = folded.records(made, "forest", BY_SEED)
    with_train = [
        r.model_copy(
            update={"metrics": {"category": {**r.metrics["category"], "train": r.metrics["category"]["test"]}}}
        )
        for r in records
    ]
    assert row_for(spec, with_train).extra["se"] == pytest.approx(math.sqrt(1 / 3 + 1 + 0.05**2 / 3))


def test_folds_do_not_make_an_unwired_seed_look_wired(spec, made, folded, row_for) -> None:
    same = [
        folded.record(made, "forest", seed, fold, value, weights_sha256=f"w{fold}")
        for seed in range(3)
        for fold, value in enumerate(BY_SEED[0], 1)
    ]
    assert (
        "all seeds give exactly the same result: nothing was drawn, or the seed is not wired"
        in row_for(spec, same).notes
    )


def test_another_split_of_one_fold_is_no_result(spec, made, folded, row_for) -> None:
    records = folded.records(made, "forest", BY_SEED)
    other = [records[0].model_copy(update={"splits_sha256": "other"}), *records[1:]]
    assert "wrong split hash" in row_for(spec, other).sentence


def test_what_was_chosen_on_test_is_chosen_fold_by_fold(made, folded, row_for) -> None:
    entry = folded.reported(made, "forest", "75.0", selection="best_test")
    spec = made.spec([folded.experiment(made, "forest")], [entry])
    records = [
        r.model_copy(update={"sealed": (Point(step=1, epoch=1.0, values={"test/Accuracy": at_end + r.fold}),)})
        for r in folded.records(made, "forest", BY_SEED)
        for at_end in (r.metrics["category"]["test"].values["Accuracy"],)
    ]
    row = row_for(spec, records)
    assert row.values == pytest.approx((73.0, 75.0, 74.0))
    assert [f.mean for f in row.folds] == pytest.approx([62.0, 82.0, 74.0, 94.0, 58.0])


def test_parameters_are_counted_once(made, folded) -> None:
    entry = made.reported("forest", "5210", metric="parameters", unit="count", margin=0)
    spec = made.spec([folded.experiment(made, "forest")], [entry])
    found = results(spec, folded.plan(made, spec), folded.records(made, "forest", BY_SEED))
    row = row_of(found, "forest", "parameters")
    assert (row.mean, row.verdict) == (5210.0, Verdict.REPRODUCED)


def test_majority_is_of_all_folds_together(made, folded) -> None:
    spec = made.spec([folded.experiment(made, "forest")], [])

    def gate(fold):
        train = {"dog": 10, "rain": 5} if fold < 5 else {"dog": 5, "rain": 10}
        counts = {"train": train, "test": {"dog": 6, "rain": 2}}
        return {"checks": {"labels": {"state": "ok", "text": "", "counts": {"category": counts}}}}

    records = [r.model_copy(update={"gate": gate(r.fold)}) for r in folded.records(made, "forest", BY_SEED)]
    found = results(spec, folded.plan(made, spec), records)
    row = next(r for r in found.rows if r.experiment == "majority")
    assert row.mean == pytest.approx(100 * (4 * 6 + 2) / 40)
    assert row.sentence == "what always answering the most frequent class in train, fold by fold, gives"


def claim(made, folded, one, other, records, **changes):
    fields = {"kind": "beats", "experiments": ("cnn", "forest"), "by": 1.0, "metric": "test/Accuracy"}
    spec = made.spec(
        [folded.experiment(made, "forest", other), folded.experiment(made, "cnn", one)], [],
        claims=(Claim(**{**fields, **changes}),),
    )  # fmt: skip
    return results(spec, folded.plan(made, spec), records).claims[0]


def test_claims_are_paired_by_seed_over_the_same_folds(made, folded) -> None:
    better = [[v + 3 + seed for v in values] for seed, values in enumerate(BY_SEED)]
    both = folded.records(made, "forest", BY_SEED) + folded.records(made, "cnn", better)
    found = claim(made, folded, folded.OFFICIAL, folded.OFFICIAL, both)
    assert (found.deciding.mean, found.deciding.pairs, found.notes) == (pytest.approx(4.0), 3, ())
    some = folded.OFFICIAL.model_copy(update={"only": (2, 3)})
    few = folded.records(made, "forest", BY_SEED) + [r for r in folded.records(made, "cnn", better) if r.fold in (2, 3)]
    found = claim(made, folded, some, folded.OFFICIAL, few)
    assert found.deciding.mean == pytest.approx(4.0)  # and not the folds' own distance of 75 to 70
    assert "compared over folds 2, 3, which both have" in found.notes
    assert any("folds 2, 3 of 5 only" in note for note in found.notes)
    apart = claim(made, folded, some, folded.OFFICIAL.model_copy(update={"only": (1,)}), few)
    assert apart.sentence == "can't tell: cnn and forest have no fold in common"


def test_a_claim_without_a_whole_seed_says_so(made, folded) -> None:
    records = folded.records(made, "forest", BY_SEED) + folded.records(made, "cnn", BY_SEED[:1])[:3]
    found = claim(made, folded, folded.OFFICIAL, folded.OFFICIAL, records)
    assert found.sentence == "can't tell: cnn has no seed with all its folds"


def test_a_claim_across_other_splits_says_so(made, folded) -> None:
    whole = Splits(source="all", train=0.8, test=0.2)
    alone = [
        r.model_copy(update={"fold": None, "identity": f"cnn-{r.seed}-None"})
        for r in folded.records(made, "cnn", [[v] for v, *_ in BY_SEED])
    ]
    spec_records = folded.records(made, "forest", BY_SEED) + alone
    fields = Claim(kind="beats", experiments=("cnn", "forest"), by=1.0, metric="test/Accuracy")
    spec = made.spec([folded.experiment(made, "forest"), folded.experiment(made, "cnn", whole)], [], claims=(fields,))
    with_folds = folded.plan(made, spec)
    runs = [run for run in with_folds.runs if run.experiment.name == "forest"]
    runs += [type(runs[0])(spec.experiments["cnn"], s, None, f"cnn-{s}-None") for s in range(3)]
    found = results(spec, type(with_folds)(spec, made.TERMS, tuple(runs)), spec_records).claims[0]
    assert found.deciding.pairs == 3
    assert "not on the same test items: forest is scored over folds, cnn on one split" in found.notes
    other = [r.model_copy(update={"splits_sha256": f"other{r.fold}"}) for r in folded.records(made, "cnn", BY_SEED)]
    found = claim(made, folded, folded.OFFICIAL, folded.OFFICIAL, folded.records(made, "forest", BY_SEED) + other)
    assert "not on the same test items: cnn and forest have different folds" in found.notes


def test_seeds_and_folds_are_sorted(spec, made, folded) -> None:
    records = folded.records(made, "forest", BY_SEED)[::-1]
    for plan in (folded.plan(made, spec), None):
        runs, _ = gather(spec, plan, records)
        assert [(r.seed, r.fold) for r in runs["forest"].records] == [(s, f) for s in range(3) for f in range(1, 6)]


def test_a_metric_that_is_no_share_pools_its_folds(made, folded) -> None:
    labels = {"category": Label(name="category", column="category", classes=("a", "b"))}
    metrics = {"F1Score": Entry(name="F1Score", args={"average": "macro"})}
    experiment = folded.experiment(made, "forest", labels=labels, metrics=metrics)
    entry = folded.reported(made, "forest", "80.0", metric="test/F1Score", same_test_items=False, items=400, runs=30)
    spec = made.spec([experiment], [entry])
    generator = np.random.default_rng(3)
    target = {fold: generator.integers(0, 2, 80) for fold in range(1, 6)}
    predicted = {
        (s, f): np.where(generator.random(80) < 0.8, target[f], 1 - target[f]) for s in range(3) for f in target
    }

    def f1(fold, p):
        t = target[fold]
        return 50 * sum(2 * np.sum((p == c) & (t == c)) / (np.sum(p == c) + np.sum(t == c)) for c in (0, 1))

    records = [
        folded.record(
            made, "forest", s, f, 0.0, metrics={"category": {"test": {"values": {"F1Score": f1(f, p)}, "n": 80}}}
        )
        for (s, f), p in predicted.items()
    ]  # fmt: skip

    def kept(record, view="test"):
        key = (record.seed, record.fold)
        return {"predicted": predicted[key], "target": target[record.fold], "items": np.arange(80) + 80 * record.fold}

    row = row_of(results(spec, folded.plan(made, spec), records, predictions=kept), "forest", "test/F1Score")
    # about the sd of a share of 400 items of which 80 % are right, a mean over 3 seeds that miss other items
    alone = 100 * math.sqrt(0.8 * 0.2 / 400) / math.sqrt(3)
    assert row.extra["tau"] == pytest.approx(alone * math.sqrt(2), rel=0.25)
