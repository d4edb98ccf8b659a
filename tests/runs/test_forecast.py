"""What ``repro plan`` measures and works out: probes by real workers, prices from probes and records."""

import tempfile
import time
from dataclasses import replace

import pytest

from repro.runs.engine.messages import Probe
from repro.runs.engine.probe_on import WARM_UP, grown, part_of
from repro.runs.forecast.estimate import estimate, length
from repro.runs.forecast.forecast import forecast
from repro.runs.forecast.probes import probe_all
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.spec.experiment import Duration, Training

MODEL = """
import time
import torch

class Slow(torch.nn.Module):
    '''A step takes a hundredth of a second at least, a batch of a look twice as long.'''
    def forward(self, x):
        time.sleep(0.01 if self.training else 0.02)
        return x
"""

KNOWN = Probe(data=1.0, fixed=0.5, step=0.01, look=0.1, last=0.2, cold=2.0, steps_in_epoch=10, memory=10**8)


def test_a_probe_measures_steps_and_looks_and_leaves_nothing(
    make_experiment, make_classical, make_layers, make_spec, monkeypatch, tmp_path
):
    slow = make_layers(("Flatten", {}), ("model.py:Slow", {}), ("Linear", {"out_features": "classes"}))
    spec = make_spec(
        make_experiment("slow", model=slow, training={"steps": 1000}),
        make_experiment("gathered", model=slow, training={"accumulate_grad_batches": 2}),
        make_experiment("bad", model=make_layers(("Flatten", {}), ("model.py:Absent", {}))),
        make_classical("knn", "KNeighborsClassifier"),
    )
    (spec.folder / "model.py").write_text(MODEL)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(spec.folder.rglob("*"))
    good = make_plan(spec, only=["slow", "gathered", "knn"])
    probes = probe_all(good, lambda _: None, jobs=1)
    assert sorted(spec.folder.rglob("*")) == before
    assert not [p for p in scratch.iterdir() if p.name.startswith("repro-plan-")]
    assert probes.failed == {}
    slow_probe, gathered, knn = (probes.found[name] for name in ("slow", "gathered", "knn"))
    assert 0.01 <= slow_probe.step < 0.1
    assert 0.02 <= gathered.step < 0.2, "a step of two batches"
    assert 0.04 <= slow_probe.look < 0.5, "validation and test, one batch each"
    assert 0.06 <= slow_probe.last < 1.0, "train too"
    assert (slow_probe.steps_in_epoch, gathered.steps_in_epoch) == (10, 5)
    assert all(10**8 < probe.memory < 10**10 for probe in probes.found.values())
    assert (knn.step, knn.guessed) == (0.0, False)
    assert probes.environment is not None


def test_a_price_is_steps_and_looks_times_what_they_take(make_experiment, make_classical):
    experiment = make_experiment("net", training={"steps": 100, "evaluate_every": Duration(number=30, unit="steps")})
    assert length(experiment, 10) == (100, 4)
    assert estimate(experiment, KNOWN, (), None).seconds == pytest.approx(0.5 + 100 * 0.01 + 4 * 0.1 + 0.2)
    epochs = Training(batch_size=32, epochs=5, evaluate_every=Duration(number=2, unit="epochs"))
    assert length(experiment.model_copy(update={"training": epochs}), 10) == (50, 3)
    guess = estimate(make_classical("knn", "KNeighborsClassifier"), replace(KNOWN, guessed=True), (), None)
    assert (guess.seconds, guess.source) == (pytest.approx(0.7), "guess")
    assert estimate(experiment, None, (), None).source == "failed"


def test_records_of_the_same_experiment_count_more_and_done_runs_not_at_all(make_experiment, make_spec, engine):
    spec = make_spec(make_experiment("net", seeds=(0, 1, 2)))
    plan = make_plan(spec)
    probes = probe_all(plan, lambda _: None, jobs=1)
    nothing_done = forecast(spec, (), probes, jobs=1)
    assert (nothing_done.rows[0].source, nothing_done.rows[0].left) == ("probe", 3)
    records = run_plan(make_plan(spec, seeds=2), engine=engine)
    before = {p: p.read_bytes() for p in spec.folder.rglob("*") if p.is_file()}
    probe_all(plan, lambda _: None, jobs=1)
    one_left = forecast(spec, (), probes, jobs=1, budget=10**6)
    assert {p: p.read_bytes() for p in spec.folder.rglob("*") if p.is_file()} == before
    row = one_left.rows[0]
    assert (row.source, row.runs, row.left) == ("records", 3, 1)
    middle = sorted(r.timings.fit + r.timings.evaluate for r in records)
    assert middle[0] - 1e-9 <= row.seconds <= middle[1] + 1e-9
    assert one_left.choice is not None
    assert (one_left.choice.rung, one_left.choice.seeds) == ("full", 3)
    assert one_left.offers[0].seconds[:2] == (0.0, 0.0), "what is done takes no time"

    experiment = spec.experiments["net"]
    environment = probes.environment
    assert estimate(experiment, KNOWN, records, environment).source == "records"
    assert estimate(experiment, KNOWN, records, environment.model_copy(update={"device": "x"})).source == "probe"
    wider = make_experiment("net", training={"batch_size": 64})
    assert estimate(wider, KNOWN, records, environment).source == "probe"
    longer = make_experiment("net", training={"steps": 4000})
    assert estimate(longer, KNOWN, records, environment).source == "probe", "20 steps are no more than a probe has"
    few = [r.model_copy(update={"steps": 300}) for r in records]
    assert estimate(longer, KNOWN, few, environment).source == "probe", "less than a tenth of it"
    timings = records[0].timings.model_copy(update={"fit": 2.5, "evaluate": 0.6})
    many = records[0].model_copy(update={"steps": 400, "timings": timings})
    looks = 4000 // 10
    expected = 0.5 + (2.5 - 0.5) * 10 + 0.6 * (looks + 1) / (len(many.history) + 1)
    assert estimate(longer, KNOWN, [many], environment).seconds == pytest.approx(expected)


def test_a_budget_names_the_rung_and_the_seeds(make_experiment, make_spec):
    def at(rung, steps):
        return make_spec(make_experiment("net", seeds=(0, 1, 2, 3), training={"steps": steps}), rung=rung)

    full, smoke = at("full", 10_000), at("smoke", 100)
    plan = make_plan(full)
    probes = replace(probe_all(plan, lambda _: None, jobs=1), found={"net": KNOWN}, start=0.0, prepare=0.0)
    one = estimate(full.experiments["net"], KNOWN, (), None).seconds

    def chosen(budget):
        choice = forecast(full, [smoke], probes, jobs=1, budget=budget).choice
        return None if choice is None else (choice.rung, choice.seeds)

    assert chosen(round(3.5 * one)) == ("full", 3)
    assert chosen(round(2.5 * one)) == ("smoke", 4)
    assert chosen(round(9 * one)) == ("full", 4)
    assert chosen(1) is None


def test_time_grows_as_it_did_between_two_shares():
    assert grown([2.0], (1.0,)) == 2.0
    assert grown([1.0, 4.0], (1 / 32, 1 / 8)) == pytest.approx(32.0), "linear"
    assert grown([1.0, 16.0], (1 / 32, 1 / 8)) == pytest.approx(1024.0), "quadratic"
    assert grown([2.0, 1.0], (1 / 32, 1 / 8)) == 1.0, "never less for more items"
    assert grown([3.0], (1 / 32,)) == 96.0, "one share that took long: with the items"


def test_a_share_is_of_every_part(make_experiment, tmp_path):
    from repro.data.prepare import prepare

    data = prepare(make_experiment("net"), seed=0, folder=tmp_path)
    part = part_of(data, 0.5).parts
    assert {name: len(p) for name, p in part.items()} == {"train": 150, "validation": 50, "test": 100}
    assert len(part_of(data, 0.01).parts["train"]) == 50
    assert set(part["train"].items.tolist()) <= set(data.parts["train"].items.tolist())
    assert part_of(data, 1.0) is data
    assert WARM_UP < 20


@pytest.mark.exhaustive  # it looks at the clock, so a busy machine turns it red
def test_the_planned_time_is_near_the_measured_one(make_experiment, make_layers, make_spec):
    net = make_layers(
        ("Flatten", {}), ("Linear", {"out_features": 64}), ("ReLU", {}), ("Linear", {"out_features": "classes"})
    )
    training = {"steps": 1500, "evaluate_every": Duration(number=50, unit="steps")}
    spec = make_spec(make_experiment("net", model=net, training=training, seeds=(0, 1, 2)))
    probes = probe_all(make_plan(spec), lambda _: None, jobs=1)
    planned = forecast(spec, (), probes, jobs=1).wall
    began = time.monotonic()
    run_plan(make_plan(spec), jobs=1)
    measured = time.monotonic() - began
    assert len(Ledger(spec.folder, "runs").records) == 3
    assert measured / 2.5 <= planned <= measured * 2.5, f"planned {planned:.1f} s, measured {measured:.1f} s"
