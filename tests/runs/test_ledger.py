"""Which records count, how they are found, and what is said of those that don't."""

import json

import numpy as np
import pytest

from repro.runs.ledger import Ledger, is_over
from repro.runs.make_plan import make_plan
from repro.runs.predictions_file import arrays_sha256, pack, unpack
from repro.runs.record import Environment, Record, Scores, Timings

ENVIRONMENT = Environment(
    device="made", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.11",
    platform="made", capability="AVX2", versions={},
)  # fmt: skip
ARRAYS = {"digit.test.predicted": np.arange(5, dtype=np.uint8), "digit.rotated.predicted": np.ones(5, dtype=np.uint8)}


def record_of(run, plan, **fields):
    base = {
        "spec": plan.spec.name,
        "identity": run.identity,
        "terms": plan.terms,
        "experiment": run.experiment.name,
        "seed": run.seed,
        "rung": plan.spec.rung,
        "state": "done",
        "metrics": {"digit": {"test": Scores(values={"Accuracy": 90.0}, n=5)}},
        "environment": ENVIRONMENT,
        "timings": Timings(data=0.0, fit=1.0, evaluate=0.0, total=1.0),
        "training_path": "chunked",
        "predictions_sha256": arrays_sha256(ARRAYS),
    }
    return Record(**(base | fields)).sealed_with_hash()


@pytest.fixture
def written(make_experiment, make_spec):
    plan = make_plan(make_spec(make_experiment("a")))
    ledger = Ledger(plan.spec.folder, "runs")
    for run in plan.runs:
        ledger.write(run, "full", record_of(run, plan), pack(ARRAYS))
    return plan, ledger


def test_a_written_record_is_found_by_its_identity(written):
    plan, ledger = written
    again = Ledger(plan.spec.folder, "runs")
    assert [r.seed for r in again.of(plan)] == [0, 1]
    assert again.find(plan.runs[0].identity) == record_of(plan.runs[0], plan)
    assert again.find("0" * 64) is None
    assert ledger.path(plan.runs[0], "full").parent == plan.spec.folder / "runs" / "full"


def test_predictions_come_with_the_record_and_are_checked(written):
    plan, ledger = written
    record = ledger.of(plan)[0]
    assert ledger.predictions(record)["predicted"].tolist() == [0, 1, 2, 3, 4]
    assert ledger.predictions(record, view="rotated")["predicted"].tolist() == [1] * 5
    assert ledger.predictions(record, view="elsewhere") is None
    ledger.path(plan.runs[0], "full").with_suffix(".npz").write_bytes(pack({"digit.test.predicted": np.zeros(5)}))
    with pytest.raises(ValueError, match="not the predictions that the record was written with"):
        ledger.predictions(record)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda text: text.replace('"Accuracy": 90.0', '"Accuracy": 91.0'), "its sha256 is not that of its content"),
        (lambda text: text[: len(text) // 2], "not a record"),
        (lambda text: json.dumps(json.loads(text) | {"more": 1}), "not a record: more"),
        (lambda text: json.dumps(json.loads(text) | {"schema_version": 4}), "not a record: schema_version"),
        (lambda text: "", "not a record"),
    ],
)
def test_a_damaged_record_is_named_and_counts_for_nothing(damage, why, written):
    plan, ledger = written
    path = ledger.path(plan.runs[0], "full")
    path.write_text(damage(path.read_text()))
    again = Ledger(plan.spec.folder, "runs")
    assert [r.seed for r in again.of(plan)] == [1]
    assert [d.path for d in again.damaged] == [path]
    assert again.damaged[0].why.startswith(why)


def test_an_experiment_that_was_renamed_keeps_its_records(written, make_experiment, make_spec):
    _, ledger = written
    plan = make_plan(make_spec(make_experiment("b", title="B")))
    assert [(r.experiment, r.seed, r.is_intact()) for r in ledger.of(plan)] == [("b", 0, True), ("b", 1, True)]


def test_the_same_run_at_another_rung_is_the_same(written, make_experiment, make_spec):
    plan, ledger = written
    smaller = make_plan(make_spec(make_experiment("a", seeds=(1,)), rung="class"))
    assert smaller.terms != plan.terms
    (found,) = ledger.of(smaller)
    assert (found.rung, found.seed, found.terms, found.is_intact()) == ("class", 1, smaller.terms, True)


def test_what_was_promised_before_stays_in_the_record(written, make_experiment, make_spec):
    """At one rung other seeds are other terms; at another rung only other numbers are."""
    plan, ledger = written
    same_rung = make_plan(make_spec(make_experiment("a", seeds=(1, 2))))
    assert {r.terms for r in ledger.of(same_rung)} == {plan.terms} != {same_rung.terms}


def test_runs_are_read_where_there_are_any_else_results(written, tmp_path):
    plan, ledger = written
    assert Ledger.open(plan.spec.folder).source == "runs"
    assert ledger.save(plan) == 2
    for path in (plan.spec.folder / "runs" / "full").iterdir():
        path.unlink()
    shipped = Ledger.open(plan.spec.folder)
    assert shipped.source == "results"
    assert len(shipped.of(plan)) == 2
    assert shipped.predictions(shipped.of(plan)[0])["predicted"].tolist() == [0, 1, 2, 3, 4]
    assert Ledger.open(plan.spec.folder, "runs").of(plan) == []
    assert Ledger.open(tmp_path / "nothing").records == ()


def test_saving_again_changes_no_byte_and_removes_what_is_no_more(written, make_experiment, make_spec):
    plan, ledger = written
    ledger.save(plan)
    folder = plan.spec.folder / "results" / "records"
    first = {p.name: p.read_bytes() for p in folder.iterdir()}
    Ledger(plan.spec.folder, "runs").save(plan)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == first
    assert len(first) == 4
    other = make_plan(make_spec(make_experiment("a", training={"steps": 30}), make_experiment("c")))
    Ledger(plan.spec.folder, "runs").save(other)
    assert {p.name.partition("-")[0] for p in folder.glob("*.json")} == {"c"}
    assert {Record.from_json(p.read_text()).experiment for p in folder.glob("*.json")} == {"a"}, "as they were sealed"


def test_only_done_and_diverged_runs_are_over(written):
    plan, _ = written
    run = plan.runs[0]
    assert is_over(record_of(run, plan))
    assert is_over(record_of(run, plan, state="failed", reason="diverged at step 3", metrics={}))
    assert not is_over(record_of(run, plan, state="failed", reason="MemoryError: no", metrics={}))
    assert not is_over(None)


def test_a_finished_record_is_found_before_a_failed_one(written):
    plan, ledger = written
    run = plan.runs[0]
    ledger.write(run, "aaa", record_of(run, plan, state="failed", reason="x", metrics={}), None)
    assert ledger.find(run.identity).state == "done"


def test_equal_predictions_are_equal_bytes():
    assert pack(ARRAYS) == pack(dict(reversed(ARRAYS.items())))
    back = unpack(pack(ARRAYS))
    assert {n: a.tolist() for n, a in back.items()} == {n: a.tolist() for n, a in ARRAYS.items()}
    assert arrays_sha256(back) == arrays_sha256(ARRAYS)
    changed = {**ARRAYS, "digit.test.predicted": ARRAYS["digit.test.predicted"].astype(np.int64)}
    assert arrays_sha256(changed) != arrays_sha256(ARRAYS)
