"""Plans run on real workers: what is kept, what is repeated, what never changes a number."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from repro.runs import preflight
from repro.runs.engine.local import LocalEngine
from repro.runs.events import Failed, Finished, PlanReady, Prepared, Preparing, Progress, Started
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.preflight import DiskFull, NotWritable, bytes_needed
from repro.runs.run import GateFailed, RunOptions, RunRefused, run_plan
from repro.spec.experiment import Dataset, Splits
from repro.spec.part import Entry
from repro.spec.problem import SpecError


class Ear:
    def __init__(self):
        self.events = []

    def __call__(self, event):
        self.events.append(event)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def ear():
    return Ear()


def test_a_plan_is_run_once(make_experiment, make_classical, make_spec, engine, ear):
    spec = make_spec(make_experiment("net"), make_classical("knn", "KNeighborsClassifier"))
    plan = make_plan(spec)
    records = run_plan(plan, engine=engine, on_event=ear)
    assert [(r.experiment, r.seed, r.state, r.constant) for r in records] == [
        ("knn", 0, "done", True),
        ("net", 0, "done", False),
        ("net", 1, "done", False),
    ]
    assert all(r.is_intact() for r in records)
    net = records[1]
    assert {view: s.n for view, s in net.metrics["digit"].items()} == {
        "majority": 200, "chance": 200, "running": 300, "train": 300, "validation": 100, "test": 200,
    }  # fmt: skip
    assert (net.steps, net.parameters, net.chosen.by, len(net.history), len(net.sealed)) == (20, 650, "last", 2, 2)
    assert net.environment.threads == 1
    assert net.environment.versions["torch"]
    assert net.gate["checks"]["shared-items"]["state"] == "ok"
    assert records[0].training_path == "estimator"
    assert len(ear.of(Started)) == len(ear.of(Finished)) == 3
    assert [e.position for e in ear.of(Finished)] == [1, 2, 3]
    assert len(ear.of(Prepared)) == 1
    assert {(e.step, e.steps) for e in ear.of(Progress)} >= {(10, 20), (20, 20), (1, 1)}
    ready = ear.of(PlanReady)[0]
    assert (len(ready.left), len(ready.done), ready.seconds) == (3, 0, None)

    second = Ear()
    again = run_plan(plan, engine=engine, on_event=second)
    assert again == records
    assert [type(e).__name__ for e in second.events] == ["PlanReady"]
    assert len(second.events[0].done) == 3

    forced = run_plan(plan, engine=engine, on_event=(third := Ear()), how=RunOptions(force=True))
    assert len(third.of(Finished)) == 3
    assert third.of(PlanReady)[0].seconds > 0
    assert [r.weights_sha256 for r in forced] == [r.weights_sha256 for r in records]


def test_jobs_never_change_a_number(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("net", seeds=(0, 1, 2))))
    two = run_plan(plan, engine=engine)
    with LocalEngine(1) as alone:
        one = run_plan(plan, engine=alone, how=RunOptions(force=True))
    numbers = [(r.weights_sha256, r.predictions_sha256, r.metrics, r.history, r.sealed) for r in two]
    assert numbers == [(r.weights_sha256, r.predictions_sha256, r.metrics, r.history, r.sealed) for r in one]
    assert len({r.weights_sha256 for r in two}) == 3


def test_results_never_count_as_done(make_experiment, make_spec, engine, ear):
    plan = make_plan(make_spec(make_experiment("net", seeds=(0,))))
    run_plan(plan, engine=engine)
    Ledger(plan.spec.folder, "runs").save(plan)
    for path in (plan.spec.folder / "runs" / "full").iterdir():
        path.unlink()
    run_plan(plan, engine=engine, on_event=ear)
    assert len(ear.of(Finished)) == 1


def test_predictions_lead_to_the_records_metrics(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("net", seeds=(0,))))
    (record,) = run_plan(plan, engine=engine)
    arrays = Ledger.open(plan.spec.folder).predictions(record)
    right = (arrays["predicted"].argmax(1) == arrays["target"]).mean()
    assert record.metrics["digit"]["test"].values["Accuracy"] == pytest.approx(100 * right)
    assert len(np.unique(arrays["items"])) == 200


def test_one_failed_run_does_not_stop_the_others(make_experiment, make_layers, make_spec, engine, ear):
    bad = make_layers(("Flatten", {}), ("Linear", {"out_features": "classes"}), ("model.py:Fails", {}))
    wild = make_experiment("wild", optimizer=Entry(name="SGD", args={"lr": float("inf")}), seeds=(0,))
    spec = make_spec(make_experiment("bad", model=bad, seeds=(0,)), wild, make_experiment("good", seeds=(0,)))
    (spec.folder / "model.py").write_text(
        "import torch\n"
        "class Fails(torch.nn.Module):\n"
        "    def forward(self, x):\n"
        "        if self.training and len(x) == 12: print('so far'); raise ValueError('on purpose')\n"
        "        return x\n"
    )
    plan = make_plan(spec)
    by_name = {r.experiment: r for r in run_plan(plan, engine=engine, on_event=ear)}
    assert by_name["good"].state == "done"
    assert (by_name["bad"].state, by_name["bad"].reason) == ("failed", "ValueError: on purpose")
    assert by_name["bad"].metrics == {}
    assert by_name["wild"].reason == "diverged at step 2"
    failed = {e.run.experiment.name: e for e in ear.of(Failed)}
    assert set(failed) == {"bad", "wild"}
    log = Path(failed["bad"].log).read_text()
    assert "so far" in log
    assert "model.py" in log
    assert failed["wild"].log is None

    tried = Ear()
    run_plan(plan, engine=engine, on_event=tried)
    assert [e.run.experiment.name for e in tried.of(Started)] == ["bad"]  # what diverged would diverge again


def test_a_spec_that_the_real_classes_refuse_trains_nothing(make_experiment, make_spec, engine, ear):
    spec = make_spec(
        make_experiment("good"),
        make_experiment("one", optimizer=Entry(name="Adam", args={"lr": -1.0})),
        make_experiment("two", losses={"digit": Entry(name="CrossEntropyLoss", args={"wight": 1.0})}),
    )
    with pytest.raises(SpecError) as caught:
        run_plan(make_plan(spec), engine=engine, on_event=ear)
    assert [p.key for p in caught.value.problems] == ["Adam", "CrossEntropyLoss.wight"]
    assert ear.of(Started) == []
    assert not (spec.folder / "runs" / "full").exists()


def test_a_failed_gate_trains_nothing(make_experiment, make_spec, engine, ear):
    spec = make_spec(make_experiment("leaky", dataset=Dataset(name="data.py:Leaky"), splits=Splits(source="official")))
    (spec.folder / "data.py").write_text(LEAKY)
    with pytest.raises(GateFailed, match="leakage gate failed: shared items") as caught:
        run_plan(make_plan(spec), engine=engine, on_event=ear)
    assert caught.value.gate["checks"]["shared-items"]["state"] == "failed"
    assert ear.of(Started) == []
    assert Ledger(spec.folder, "runs").records == ()


LEAKY = """
import numpy as np


class Leaky:
    axes = "F"
    parts = {"train": range(40), "test": range(39, 60)}

    def __init__(self):
        self.values = np.random.default_rng(0).normal(size=(60, 5))
        self.columns = {"digit": [str(i % 3) for i in range(60)]}
"""


def test_data_that_cannot_be_had_are_refused_in_words(make_experiment, make_spec, engine):
    spec = make_spec(make_experiment("none", splits=Splits(source="official")))
    with pytest.raises(RunRefused, match="digits has no official parts"):
        run_plan(make_plan(spec), engine=engine)


def test_splits_are_frozen_and_a_change_is_noticed(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("net", seeds=(0,))))
    run_plan(plan, engine=engine)
    (path,) = (plan.spec.folder / "runs" / "splits").glob("digits-*.json")
    (record,) = Ledger(plan.spec.folder, "runs").records
    frozen = json.loads(path.read_text())
    assert frozen["sha256"] == record.splits_sha256
    assert frozen["data_sha256"] == record.data_sha256
    path.write_text(json.dumps(frozen | {"data_sha256": "0" * 64}))
    two = make_plan(plan.spec, seeds=[0, 1])
    with pytest.raises(RunRefused, match="was frozen for other data"):
        run_plan(two, engine=engine)


def test_no_room_on_the_disk(make_experiment, make_spec, engine, monkeypatch):
    plan = make_plan(make_spec(make_experiment("net")))
    usage = preflight.shutil.disk_usage(plan.spec.folder)
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    with pytest.raises(DiskFull, match="1 MB are free on this disk"):
        run_plan(plan, engine=engine)


@pytest.mark.parametrize("name", ["smoke", "splits", "live"])
def test_a_folder_that_takes_no_files_is_refused_before_anything_is_read(make_experiment, make_spec, engine, ear, name):
    plan = make_plan(make_spec(make_experiment("net")).model_copy(update={"rung": "smoke"}))
    runs = plan.spec.folder / "runs"
    runs.mkdir()
    (runs / name).write_text("a file where a folder belongs, as even root cannot write into")
    with pytest.raises(NotWritable, match=rf"runs/{name}: Not a directory; records, splits and checkpoints"):
        run_plan(plan, engine=engine, on_event=ear)
    assert not ear.of(Preparing)


def test_the_guess_of_bytes_holds(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("net", training={"steps": 40})))
    run_plan(plan, engine=engine)
    used = sum(p.stat().st_size for p in (plan.spec.folder / "runs").rglob("*") if p.is_file())
    assert used <= bytes_needed(plan.runs) <= 20 * used


def test_train_is_looked_at_where_a_figure_shows_it(make_experiment, make_spec, engine):
    from repro.spec.spec import Figure

    figure = Figure(name="f", kind="curve", x="epoch", y=("train/Accuracy", "test/Accuracy"), experiments=("net",))
    spec = make_spec(make_experiment("net", seeds=(0,)), make_experiment("other", training={"steps": 30}, seeds=(0,)))
    plan = make_plan(spec.model_copy(update={"figures": (figure,)}))
    by_name = {r.experiment: r for r in run_plan(plan, engine=engine)}
    assert "train/Accuracy" in by_name["net"].history[0].values
    assert "train/Accuracy" not in by_name["other"].history[0].values


def test_two_experiments_that_say_the_same_share_their_runs(make_experiment, make_spec, engine, ear):
    plan = make_plan(make_spec(make_experiment("one", seeds=(0,)), make_experiment("same", seeds=(0,))))
    records = run_plan(plan, engine=engine, on_event=ear)
    assert [r.experiment for r in records] == ["one", "same"]
    assert len(ear.of(Finished)) == 1
    assert replace(plan) == plan
