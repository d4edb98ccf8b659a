"""From spec and records to rows."""

import math

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.row import Verdict
from repro.spec.part import Entry
from repro.spec.spec import Claim, Spread


@pytest.fixture
def study(made):
    spec = made.spec(
        entries=[made.reported("logistic", "32"), made.reported("cnn", "94", runs=30)],
        claims=(Claim(kind="beats", experiments=("cnn", "logistic"), by=20.0, metric="test/Accuracy"),),
    )
    records = made.records("logistic", [31.0, 31.5, 32.2, 31.9, 31.4]) + made.records(
        "cnn", [93.6, 94.1, 93.9, 94.3, 93.8]
    )
    return spec, records


def test_rows_stand_in_the_spec_s_order_then_chance(made, study) -> None:
    found = made.collected(*study)
    assert [r.experiment for r in found.rows] == ["logistic", "cnn", "chance"]
    assert found.rows[0].is_baseline
    assert found.headline == "2 reported numbers: 2 REPRODUCED; 1 claim: 1 HOLDS"
    assert found.warnings == ()


def test_a_row_carries_what_was_reckoned(made, study) -> None:
    row = made.row_of(made.collected(*study), "cnn")
    values = np.array([93.6, 94.1, 93.9, 94.3, 93.8])
    assert row.values == tuple(values)
    assert row.seeds == (0, 1, 2, 3, 4)
    assert row.mean == pytest.approx(values.mean())
    assert row.sd == pytest.approx(values.std(ddof=1))
    half = 2.7764451 * values.std(ddof=1) / math.sqrt(5)
    assert row.ci95 == pytest.approx((values.mean() - half, values.mean() + half))
    assert row.difference == pytest.approx(values.mean() - 94)
    assert row.margin == pytest.approx(1.2)
    assert row.title == "CNN"


def test_the_baseline_s_own_row_leaves_the_distance_out(made) -> None:
    spec = made.spec(entries=[made.reported("logistic", "32"), made.reported("cnn", "33")])
    found = made.collected(spec, made.records("logistic", [32, 32.1]) + made.records("cnn", [33, 33.1]))
    assert made.row_of(found, "logistic").margin == 2.0
    assert made.row_of(found, "cnn").margin == 0.5
    assert "half the paper's distance" in made.row_of(found, "cnn").margin_rule


def test_the_baseline_of_the_same_table_is_preferred(made) -> None:
    entries = [
        made.reported("logistic", "10", where="Table 1"),
        made.reported("logistic", "67", where="Table 2"),
        made.reported("cnn", "68", where="Table 2"),
    ]
    found = made.collected(made.spec(entries=entries), made.records("cnn", [68, 68.1, 68.2]))
    assert made.row_of(found, "cnn").margin == 0.5


def test_only_the_planned_seeds_count(made, study) -> None:
    spec, records = study
    found = results(spec, made.plan(spec, seeds=[0, 1]), records)
    assert made.row_of(found, "cnn").seeds == (0, 1)
    assert made.row_of(found, "cnn").values == (93.6, 94.1)


def test_only_the_planned_experiments_are_shown(made, study) -> None:
    found = made.collected(*study, only=["cnn"])
    assert [r.experiment for r in found.rows] == ["cnn", "chance"]
    assert found.claims == ()


def test_a_record_belongs_by_identity_whatever_it_was_called(made, study) -> None:
    spec, records = study
    renamed = [r.model_copy(update={"experiment": "old-name"}) for r in records]
    assert made.row_of(made.collected(spec, renamed), "cnn").values == made.row_of(made.collected(*study), "cnn").values


def test_without_a_plan_records_belong_by_name(made, study, monkeypatch) -> None:
    monkeypatch.setattr("repro.results.collect.terms_of", lambda spec: made.TERMS)
    spec, records = study
    stray = made.record("cnn", 99, 10.0)
    smoke = made.record("cnn", 0, 10.0, rung="smoke")
    found = results(spec, None, [*records, stray, smoke])
    assert made.row_of(found, "cnn").seeds == (0, 1, 2, 3, 4)
    assert found.warnings == ("2 records of other experiments, seeds or rungs are not in this table",)
    twice = made.record("cnn", 0, 50.0, identity="another")
    with pytest.raises(ValueError, match="two different runs of cnn with seed 0"):
        results(spec, None, [*records, twice])


def test_missing_runs_are_said(made, study) -> None:
    spec, records = study
    row = made.row_of(made.collected(spec, [r for r in records if r.seed < 3]), "cnn")
    assert "3 of 5 runs done" in row.notes
    none = made.collected(spec, [])
    assert made.row_of(none, "cnn").sentence == "not run yet"
    assert made.row_of(none, "cnn").verdict is None


def test_a_failed_seed_is_named_and_one_that_was_run_again_is_not(made, study) -> None:
    spec, records = study
    kept = [r for r in records if (r.experiment, r.seed) != ("cnn", 3)]
    row = made.row_of(made.collected(spec, [*kept, made.failed("cnn", 3)]), "cnn")
    assert row.failed_seeds == (3,)
    assert row.seeds == (0, 1, 2, 4)
    again = made.row_of(made.collected(spec, [made.failed("cnn", 3), *records]), "cnn")
    assert (again.failed_seeds, len(again.values)) == ((), 5)


def test_a_nan_metric_is_a_failed_seed(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", "94", runs=30)])
    row = made.row_of(made.collected(spec, made.records("cnn", [93.6, float("nan"), 93.9, 94.3, 93.8])), "cnn")
    assert row.failed_seeds == (1,)
    assert row.seeds == (0, 2, 3, 4)


def test_fraction_rows_are_a_hundredth(made) -> None:
    entry = made.reported("cnn", "0.94", unit="fraction", runs=30)
    row = made.row_of(
        made.collected(made.spec(entries=[entry]), made.records("cnn", [93.6, 94.1, 93.9, 94.3, 93.8])), "cnn"
    )
    assert row.mean == pytest.approx(0.9394)
    assert row.verdict is Verdict.REPRODUCED
    refused = made.reported("cnn", "94", unit="fraction")
    row = made.row_of(made.collected(made.spec(entries=[refused]), made.records("cnn", [93.6, 94.1, 93.9])), "cnn")
    assert row.verdict is Verdict.INVALID


def test_partial_and_recipe_differs(made) -> None:
    spec = made.spec(
        entries=[made.reported("logistic", "32"), made.reported("cnn", "94", runs=30)],
        partial={"logistic": ("different dataset: half of it",)},
        differs={"cnn": ("optimizer", "training.batch_size")},
    )
    found = made.collected(spec, made.records("logistic", [32, 32.1, 32.2]) + made.records("cnn", [94.0, 94.1, 93.9]))
    assert made.row_of(found, "logistic").verdict is Verdict.PARTIAL
    assert "recipe differs: optimizer, training.batch_size" in made.row_of(found, "cnn").notes
    assert made.row_of(found, "cnn").verdict is Verdict.REPRODUCED
    assert found.headline.endswith("recipe differs: optimizer, training.batch_size")


def test_a_rung_below_full_makes_less_of_what_it_changes_alone(made) -> None:
    entries = [made.reported("logistic", "32"), made.reported("cnn", "94")]
    spec = made.spec(entries=entries, rung="class", partial={"cnn": ("rung class: training.epochs",)})
    records = [
        *made.records("logistic", [32, 32.1, 32.2], rung="class"),
        *made.records("cnn", [94.0, 94.1, 93.9], rung="class"),
    ]
    found = made.collected(spec, records)
    assert made.row_of(found, "cnn").verdict is Verdict.PARTIAL
    assert made.row_of(found, "logistic").verdict is Verdict.REPRODUCED


def test_counts_are_exact(made) -> None:
    entries = [
        made.reported("cnn", "5210", metric="parameters", unit="count", margin=0),
        made.reported("logistic", "400", metric="parameters", unit="count", margin=0),
        made.reported("cnn", "101000", metric="multiply_adds", unit="count", margin=2000),
    ]
    spec = made.spec(entries=entries)
    found = made.collected(spec, made.records("cnn", [94, 93]) + made.records("logistic", [30, 31], parameters=410))
    assert made.row_of(found, "cnn", "parameters").verdict is Verdict.REPRODUCED
    assert made.row_of(found, "cnn", "parameters").sentence == "exactly the paper's number"
    assert made.row_of(found, "logistic", "parameters").verdict is Verdict.NOT_REPRODUCED
    assert made.row_of(found, "logistic", "parameters").sentence == "10 more than in the paper: not the same"
    macs = made.row_of(found, "cnn", "multiply_adds")
    assert (macs.verdict, macs.difference) == (Verdict.REPRODUCED, -1000.0)
    assert macs.verdict_default is Verdict.NOT_REPRODUCED
    assert "wide margin" in macs.notes
    uneven = [made.record("cnn", 0, 94.0), made.record("cnn", 1, 94.0, parameters=5211)]
    assert made.row_of(made.collected(spec, uneven), "cnn", "parameters").verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("margin", "error", "verdict", "default"),
    [
        (400, 300, Verdict.REPRODUCED, Verdict.UNDECIDABLE),
        (0, 300, Verdict.UNDECIDABLE, Verdict.UNDECIDABLE),
        (None, 200, Verdict.NOT_REPRODUCED, Verdict.NOT_REPRODUCED),
        (None, 1e6, Verdict.UNDECIDABLE, Verdict.UNDECIDABLE),
        (1e6, 1e5, Verdict.REPRODUCED, Verdict.UNDECIDABLE),
    ],
)
def test_a_reading_error_of_a_count_above_what_is_allowed_settles_nothing(
    made, margin, error, verdict, default
) -> None:
    entry = made.reported("cnn", "5000", metric="parameters", unit="count", margin=margin, reading_error=error)
    row = made.row_of(made.collected(made.spec(entries=[entry]), made.records("cnn", [94])), "cnn", "parameters")
    assert (row.verdict, row.verdict_default) == (verdict, default)
    assert ("the reading error rules" in row.sentence) == (verdict is Verdict.UNDECIDABLE)


@pytest.mark.parametrize(("error", "verdict"), [(210, Verdict.REPRODUCED), (209, Verdict.NOT_REPRODUCED)])
def test_a_count_at_the_edge_of_its_reading_error(made, error, verdict) -> None:
    entry = made.reported("cnn", "5000", metric="parameters", unit="count", reading_error=error)
    spec = made.spec(entries=[entry])
    assert made.row_of(made.collected(spec, made.records("cnn", [94])), "cnn", "parameters").verdict is verdict


def test_not_run_rows_and_experiments_without_a_number(made) -> None:
    experiments = [
        made.experiment("logistic"), made.experiment("cnn"), made.experiment("human", not_run="a volunteer"),
        made.experiment("svm", not_run="not built"),
    ]  # fmt: skip
    spec = made.spec(experiments, [made.reported("logistic", "32"), made.reported("human", "96")])
    found = made.collected(spec, made.records("logistic", [32, 31.9, 32.1]) + made.records("cnn", [94, 93.9, 94.2]))
    assert [r.experiment for r in found.rows] == ["logistic", "human", "svm", "cnn", "chance"]
    assert made.row_of(found, "human").sentence == "not run here: a volunteer"
    assert made.row_of(found, "human").verdict is None
    assert made.row_of(found, "cnn").sentence == "the paper prints no number for this"
    assert made.row_of(found, "cnn").mean == pytest.approx(94.0333333)


def test_a_number_that_the_paper_leaves_out(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", None)])
    row = made.row_of(made.collected(spec, made.records("cnn", [94, 93.9, 94.2])), "cnn")
    assert (row.verdict, len(row.values)) == (None, 3)


def test_chance_and_majority(made) -> None:
    gate = made.gate({"train": {"3": 600, "1": 500}, "test": {"3": 104, "1": 896}})
    found = made.collected(made.spec(entries=[made.reported("cnn", "94")]), made.records("cnn", [94, 93], gate=gate))
    assert made.row_of(found, "chance").mean == 10.0
    assert made.row_of(found, "majority").mean == pytest.approx(10.4)  # train's most frequent class, counted on test
    metrics = {"ErrorRate": Entry(name="ErrorRate")}
    spec = made.spec([made.experiment("cnn", metrics=metrics)])
    wrong = made.collected(spec, [])
    assert made.row_of(wrong, "chance", "test/ErrorRate").mean == 90.0


def test_best_test_compares_like_with_like(made) -> None:
    from repro.runs.record import Point

    def record(seed, best, end):
        points = tuple(
            Point(step=s, epoch=s / 10, values={"test/Accuracy": v}) for s, v in ((10, best - 3), (20, best), (30, end))
        )
        return made.record("cnn", seed, end, sealed=points)

    spec = made.spec(entries=[made.reported("cnn", "94", selection="best_test", runs=30)])
    row = made.row_of(
        made.collected(spec, [record(0, 94.0, 92.0), record(1, 94.2, 91.0), record(2, 93.9, 92.5)]), "cnn"
    )
    assert row.values == (94.0, 94.2, 93.9)
    assert "selection-biased target" in row.notes
    assert row.extra["clean_mean"] == pytest.approx((92.0 + 91.0 + 92.5) / 3)
    assert row.extra["optimism"] == pytest.approx(row.mean - row.extra["clean_mean"])
    bare = made.row_of(made.collected(spec, made.records("cnn", [94, 93, 92])), "cnn")
    assert "no test scores during training were kept: judged on the end" in bare.notes
    fitted = made.row_of(made.collected(spec, made.records("cnn", [94, 93, 92], training_path="estimator")), "cnn")
    assert not [n for n in fitted.notes if n.startswith("no test scores")]


def test_best_of_m_takes_the_luck_off(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", "94", selection="best_of_m", runs=5)])
    row = made.row_of(made.collected(spec, made.records("cnn", [92.0, 93.0, 94.0])), "cnn")
    assert row.extra["target"] == pytest.approx(94 - 1.16)
    assert row.extra["k0"] == 1
    assert "selection-biased target" in row.notes
    unstated = made.spec(entries=[made.reported("cnn", "94", selection="best_of_m")])
    row = made.row_of(made.collected(unstated, made.records("cnn", [92.0, 93.0, 94.0])), "cnn")
    assert "best of an unstated number of runs: nothing could be taken off" in row.notes


def test_a_constant_experiment_runs_once(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", "94.0")])
    row = made.row_of(made.collected(spec, [made.record("cnn", 0, 94.0, constant=True)]), "cnn")
    assert row.verdict is Verdict.REPRODUCED
    assert "no random part: one run" in row.notes
    assert not [n for n in row.notes if "runs done" in n]


def test_the_seed_is_not_wired(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", "94")])
    same = [made.record("cnn", s, 94.0, weights_sha256="one") for s in range(3)]
    assert (
        "all seeds give exactly the same result: nothing was drawn, or the seed is not wired"
        in made.row_of(made.collected(spec, same), "cnn").notes
    )
    other = [made.record("cnn", s, 94.0) for s in range(3)]
    assert (
        "all seeds give the same score, though their runs differ"
        in made.row_of(made.collected(spec, other), "cnn").notes
    )


def test_mixed_environments_are_said(made, study) -> None:
    spec, records = study
    other = made.ENVIRONMENT.model_copy(update={"device": "Another CPU"})
    found = made.collected(spec, [records[0].model_copy(update={"environment": other}), *records[1:]])
    assert len(found.environments) == 2
    assert "runs come from 2 environments" in found.warnings[0]


def test_an_unknown_spread_and_one_over_folds(made) -> None:
    entry = made.reported("cnn", None)
    unknown = entry.model_copy(update={"number": made.number("94.0", 1.0), "runs": 5})
    row = made.row_of(made.collected(made.spec(entries=[unknown]), made.records("cnn", [94, 93.9, 94.2])), "cnn")
    assert "the paper's ± is of unknown kind: read as se, the reading that claims least" in row.notes
    folds = unknown.model_copy(update={"spread": Spread(kind="sd", over="folds")})
    row = made.row_of(made.collected(made.spec(entries=[folds]), made.records("cnn", [94, 93.9, 94.2])), "cnn")
    assert "the paper's ± is over folds and not used" in row.notes
    assert "sd_paper" not in row.extra


def test_folds_of_one_seed_are_one_value(made, monkeypatch) -> None:
    monkeypatch.setattr("repro.results.collect.terms_of", lambda spec: made.TERMS)
    from repro.runs.record import Scores

    def fold(seed, number, value, n):
        scores = {"digit": {"test": Scores(values={"Accuracy": value}, n=n)}}
        return made.record(
            "cnn", seed, fold=number, identity=f"{seed}-{number}", splits_sha256=f"f{number}", metrics=scores
        )

    spec = made.spec(entries=[made.reported("cnn", "70")])
    records = [fold(s, f, v, n) for s in (0, 1) for f, v, n in ((0, 60.0, 100), (1, 90.0, 300))]
    row = made.row_of(results(spec, None, [*records, fold(2, 0, 60.0, 100)]), "cnn")
    assert row.values == (82.5, 82.5)  # every item counts the same; seed 2 lacks a fold
    assert row.verdict is not Verdict.INVALID


def test_other_items_in_a_metric_that_is_no_share_of_items(made) -> None:
    metrics = {"F1Score": Entry(name="F1Score", args={"average": "macro"})}
    spec = made.spec(
        [made.experiment("cnn", metrics=metrics)],
        [made.reported("cnn", "90", metric="test/F1Score", same_test_items=False, items=500, runs=30)],
    )
    generator = np.random.default_rng(0)
    target = generator.integers(0, 3, 400)
    predicted = [np.where(generator.random(400) < 0.9, target, 2 - target) for _ in range(3)]

    def macro_f1(p):
        scores = []
        for c in range(3):
            hit = np.sum((p == c) & (target == c))
            scores.append(2 * hit / (np.sum(p == c) + np.sum(target == c)))
        return 100 * float(np.mean(scores))

    records = [
        made.record("cnn", s, metrics={"digit": {"test": {"values": {"F1Score": macro_f1(p)}, "n": 400}}})
        for s, p in enumerate(predicted)
    ]
    plan = made.plan(spec, seeds=[0, 1, 2])
    without = made.row_of(results(spec, plan, records), "cnn", "test/F1Score")
    assert "no predictions to measure it from" in without.sentence

    def kept(record):
        return {"predicted": predicted[record.seed], "target": target}

    row = made.row_of(results(spec, plan, records, predictions=kept), "cnn", "test/F1Score")
    assert 0.5 < row.extra["tau"] < 3
    wrong = results(spec, plan, records, predictions=lambda r: {"predicted": target, "target": target})
    assert (
        "no predictions" in made.row_of(wrong, "cnn", "test/F1Score").sentence
    )  # they do not lead to the recorded value


def test_own_metrics_must_say_which_way_is_better(made, tmp_path) -> None:
    (tmp_path / "model.py").write_text("class Mine:\n    higher_is_better = False\n\nclass Mute:\n    pass\n")
    metrics = {"Mine": Entry(name="model.py:Mine"), "Mute": Entry(name="model.py:Mute")}
    spec = made.spec(
        [made.experiment("cnn", metrics=metrics)],
        [
            made.reported("cnn", "3.0", metric="test/Mine", unit="dB", runs=30),
            made.reported("cnn", "3.0", metric="test/Mute", unit="dB"),
        ],
        path=tmp_path / "paper.yaml",
    )
    records = [
        made.record("cnn", s, metrics={"digit": {"test": {"values": {"Mine": 9.0 + s / 10, "Mute": 1.0}, "n": 10}}})
        for s in range(3)
    ]
    found = results(spec, made.plan(spec, seeds=[0, 1, 2]), records)
    assert made.row_of(found, "cnn", "test/Mine").verdict is Verdict.NOT_REPRODUCED
    mute = made.row_of(found, "cnn", "test/Mute")
    assert mute.verdict is Verdict.INVALID
    assert "higher_is_better" in mute.sentence


def test_holm_is_a_footnote_and_changes_no_verdict(made) -> None:
    from repro.results.holm import holm

    assert holm([0.001, 0.02, 0.02]) == [True, False, False]
    assert holm([0.02, 0.001]) == [True, True]
    spec = made.spec(entries=[made.reported("logistic", "60", runs=30), made.reported("cnn", "94", runs=30)])
    found = made.collected(spec, made.records("logistic", [32, 32.1, 31.9]) + made.records("cnn", [64.0, 63.8, 64.3]))
    assert [r.verdict for r in found.judged] == [Verdict.NOT_REPRODUCED] * 2
    assert found.footnotes == ("2 rows are NOT REPRODUCED; corrected for testing 2 at once (Holm) all of them stay so",)
