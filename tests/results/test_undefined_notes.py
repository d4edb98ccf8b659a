"""Rows of scores that have no value on some groups, folds or seeds: left out, counted, named, with the pooled form."""

import json

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.table_json import as_data
from repro.results.table_markdown import to_markdown
from repro.runs.record import Record, Scores, Undefined
from repro.spec.experiment import Label, View
from repro.spec.part import Entry

NAN = float("nan")
NO_POSITIVE = Undefined(kind="value", count=1, total=1, names=(), why="no item of AF")
BY_PATIENT = Undefined(kind="patient", count=15, total=20, names=tuple("abcdefghijklmno"), why="no item of AF")


def study(made, **changes):
    label = Label(name="y", column="y", classes=("no", "AF"), positive="AF")
    views = {"by-patient": View(name="by-patient", of="test", mean_over="patient")}
    metrics = {"tpr": Entry(name="Recall"), "auroc": Entry(name="AUROC")}
    one = made.experiment("net", labels={"y": label}, metrics=metrics, views=views, seeds=(0, 1, 2), **changes)
    return one, made.spec([one], [made.reported("net", "99.0", metric=changes.pop("metric", "by-patient/tpr"))])


def record(made, seed, view, value, *undefined, name="tpr", more=(), **changes):
    scores = Scores(values={name: value}, n=20, undefined={name: tuple(undefined)} if undefined else {})
    others = {other: Scores(values={name: amount}, n=200) for other, amount in more}
    return made.record("net", seed, metrics={"y": {view: scores, **others}}, **changes)


def test_a_mean_over_groups_says_how_many_have_a_value_and_offers_the_pooled_form(made):
    _, spec = study(made)
    records = [record(made, s, "by-patient", 100.0 - s, BY_PATIENT, more=[("test", 97.0)]) for s in range(3)]
    found = made.collected(spec, records)
    row = found.rows[0]
    assert row.mean == 99.0
    assert row.notes[-2] == "mean over 5 of 20 patients; 15 left out (a, b, c, d and 11 more): no item of AF"
    assert row.notes[-1] == "pooled over the items of all groups instead: 97.00"
    assert "mean over 5 of 20 patients" in to_markdown(found)
    assert as_data(found)["rows"][0]["notes"] == list(row.notes)


def test_seeds_that_leave_out_different_groups_are_told_apart(made):
    _, spec = study(made)
    other = BY_PATIENT.model_copy(update={"count": 16, "names": (*BY_PATIENT.names, "p")})
    records = [record(made, s, "by-patient", 99.0, other if s == 1 else BY_PATIENT) for s in range(3)]
    notes = made.collected(spec, records).rows[0].notes
    assert any(note.startswith("seeds 0 and 2: mean over 5 of 20") for note in notes)
    assert any(note.startswith("seed 1: mean over 4 of 20") for note in notes)


def test_a_seed_without_a_value_is_named_and_did_not_fail(made):
    _, spec = study(made)
    records = [record(made, 0, "by-patient", 99.0), record(made, 1, "by-patient", 98.0)]
    records.append(record(made, 2, "by-patient", NAN, NO_POSITIVE))
    row = made.collected(spec, records).rows[0]
    assert row.seeds == (0, 1)
    assert row.failed_seeds == ()
    assert "seed 2: undefined: no item of AF" in row.notes
    diverged = [*records[:2], record(made, 2, "by-patient", NAN)]
    assert made.collected(spec, diverged).rows[0].failed_seeds == (2,)


def test_a_number_that_no_seed_has_is_not_said_to_have_failed(made):
    _, spec = study(made)
    row = made.collected(spec, [record(made, s, "by-patient", NAN, NO_POSITIVE) for s in range(3)]).rows[0]
    assert (str(row.verdict), row.mean) == ("INCONCLUSIVE", None)
    assert row.sentence == "can't tell: the metric has no value on these test items (no item of AF)"


def folds(made, folded, values, reason=NO_POSITIVE):
    label = {"category": Label(name="category", column="category", classes=("no", "AF"), positive="AF")}
    more = {"metrics": {"auroc": Entry(name="AUROC")}, "losses": {"category": Entry(name="CrossEntropyLoss")}}
    one = folded.experiment(made, "net", labels=label, seeds=(0, 1), **more)
    spec = made.spec([one], [folded.reported(made, "net", "90").model_copy(update={"metric": "test/auroc"})])
    records = []
    for seed in (0, 1):
        for fold, value in enumerate(values, 1):
            undefined = {"auroc": (reason,)} if np.isnan(value) and reason else {}
            scores = Scores(values={"auroc": value}, n=10 * fold, undefined=undefined)
            records.append(folded.record(made, "net", seed, fold, 0.0, metrics={"category": {"test": scores}}))
    return spec, folded.plan(made, spec), records


def test_folds_without_a_value_are_left_out_and_the_rest_keep_their_weights(made, folded):
    spec, plan, records = folds(made, folded, [90.0, NAN, 80.0, NAN, 100.0])
    row = results(spec, plan, records).rows[0]
    assert row.mean == pytest.approx((10 * 90 + 30 * 80 + 50 * 100) / 90)
    assert "mean over 3 of 5 folds; undefined in folds 2 and 4: no item of AF" in row.notes
    assert [fold.mean for fold in row.folds] == [90.0, None, 80.0, None, 100.0]
    assert "| – |" in to_markdown(results(spec, plan, records))


def test_a_fold_that_diverged_still_takes_its_seed_with_it(made, folded):
    spec, plan, records = folds(made, folded, [90.0, NAN, 80.0, 70.0, 100.0], reason=None)
    row = results(spec, plan, records).rows[0]
    assert (row.mean, row.failed_seeds) == (None, (0, 1))


def test_the_pooled_form_over_folds_is_the_metric_of_all_predictions(made, folded):
    from sklearn.metrics import roc_auc_score

    spec, plan, records = folds(made, folded, [90.0, NAN, 80.0, NAN, 100.0])
    generator = np.random.default_rng(0)
    kept = {}
    for record in records:
        target = np.zeros(20, dtype=np.uint8) if record.fold in (2, 4) else np.arange(20, dtype=np.uint8) % 2
        logits = generator.normal(0, 1, (20, 2)).astype(np.float32) + np.eye(2, dtype=np.float32)[target]
        kept[record.identity] = {"predicted": logits, "target": target, "items": np.arange(20)}
    row = results(spec, plan, records, predictions=lambda one, view="test": kept[one.identity]).rows[0]
    wanted = []
    for seed in (0, 1):
        mine = [kept[r.identity] for r in records if r.seed == seed]
        logits = np.concatenate([one["predicted"] for one in mine]).astype(np.float64)
        chances = np.exp(logits[:, 1]) / np.exp(logits).sum(1)
        wanted.append(100 * roc_auc_score(np.concatenate([one["target"] for one in mine]), chances))
    assert f"pooled over the items of all folds instead: {np.mean(wanted):.2f}" in row.notes


def test_records_of_before_are_read_hashed_and_said_to_be_old_where_it_matters(made):
    _, spec = study(made)
    old = [record(made, s, "by-patient", 25.0, schema_version=2).sealed_with_hash() for s in range(3)]
    assert "undefined" not in old[0].to_json()
    again = Record.from_json(old[0].to_json())
    assert again.is_intact()
    assert again == old[0]
    notes = made.collected(spec, old).rows[0].notes
    assert any("a score without a value counted as 0" in note for note in notes)
    new = [one.model_copy(update={"schema_version": 3}) for one in old]
    assert not any("counted as 0" in note for note in made.collected(spec, new).rows[0].notes)
    plain = made.collected(made.spec(), made.records("cnn", [50.0], schema_version=2))
    assert not any("counted as 0" in note for row in plain.rows for note in row.notes)


def test_what_a_record_leaves_out_survives_its_file(made):
    sealed = record(made, 0, "by-patient", 100.0, BY_PATIENT).sealed_with_hash()
    text = sealed.to_json()
    assert json.loads(text)["metrics"]["y"]["by-patient"]["undefined"]["tpr"][0]["count"] == 15
    assert Record.from_json(text).is_intact()
    assert Record.from_json(text) == sealed
