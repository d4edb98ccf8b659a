"""What ``repro determinism`` finds in real own code, by real workers; and what it leaves alone."""

import math
import tempfile

import pytest

from repro.runs.determinism import file
from repro.runs.determinism.compare import apart, compare, largest
from repro.runs.determinism.find import find
from repro.runs.determinism.units import in_units, printed_units
from repro.runs.determinism.variants import trials
from repro.runs.engine.on_trial import cut, middle
from repro.runs.make_plan import make_plan
from repro.runs.record import Chosen, Environment, Point, Record, Scores, Timings
from repro.spec.experiment import Duration, Training
from repro.spec.spec import Number, Reported

MODEL = """
import os
import torch

class Counts(torch.nn.Module):
    '''Its state is a plain attribute, which no state_dict holds.'''
    def __init__(self):
        super().__init__()
        self.calls = 0
    def forward(self, x):
        if self.training:
            self.calls += 1
            return x * (1.0 + self.calls / 10.0)
        return x

class Draws(torch.nn.Module):
    '''Draws from the system, which nobody can seed.'''
    def forward(self, x):
        if self.training:
            return x + int.from_bytes(os.urandom(2), "big") / 65536.0
        return x

class Breaks(torch.nn.Module):
    def forward(self, x):
        if self.training:
            raise RuntimeError("broken on purpose")
        return x
"""


def own(make_layers, name):
    return make_layers(("Flatten", {}), (f"model.py:{name}", {}), ("Linear", {"out_features": "classes"}))


@pytest.mark.slow
def test_it_finds_what_own_code_hides(make_experiment, make_classical, make_layers, make_spec, monkeypatch, tmp_path):
    short = {"steps": 8, "evaluate_every": Duration(number=3, unit="steps")}
    spec = make_spec(
        make_experiment("sound", training=short),
        make_experiment("counts", training=short, model=own(make_layers, "Counts")),
        make_experiment("draws", training=short, model=own(make_layers, "Draws")),
        make_experiment("breaks", training=short, model=own(make_layers, "Breaks")),
        make_classical("forest", "RandomForestClassifier", n_estimators=5),
    )
    (spec.folder / "model.py").write_text(MODEL)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(spec.folder.rglob("*"))
    said: list[str] = []
    found = find(make_plan(spec), said.append, steps=6, jobs=2)

    assert sorted(spec.folder.rglob("*")) == before, "records and folders of the study are left alone"
    assert not [p for p in scratch.iterdir() if p.name.startswith("repro-determinism-")]
    assert not found.holds
    assert found.environment is not None
    by_name = {finding.experiment: finding for finding in found.findings}
    assert list(by_name) == ["sound", "counts", "draws", "breaks", "forest"]
    answers = {
        name: {c.way: c.bitwise for c in finding.comparisons if c.way != "threads"} for name, finding in by_name.items()
    }
    assert answers["sound"] == {"again": True, "resumed": True, "path": True}
    assert answers["counts"] == {"again": True, "resumed": False, "path": True}
    assert answers["draws"] == {"again": False, "resumed": False, "path": False}
    assert answers["forest"] == {"again": True}
    assert answers["breaks"] == {}
    assert by_name["breaks"].failed == "RuntimeError: broken on purpose"
    assert {n: f.is_deterministic for n, f in by_name.items()} == {
        "sound": True, "counts": False, "draws": False, "breaks": False, "forest": True,
    }  # fmt: skip
    sound = by_name["sound"]
    assert (sound.steps, sound.full_steps, sound.seed) == (6, 8, 0)
    assert sound.compared("threads") is not None
    resumed = sound.compared("resumed")
    assert resumed is not None
    assert resumed.stopped_at == 3
    assert resumed.largest["test/Accuracy"] == resumed.largest["validation/loss"] == 0.0
    counts = by_name["counts"].compared("resumed")
    assert counts is not None
    assert counts.stopped_at == 3
    assert set(counts.differing) == {"weights", "predictions", "metrics", "history"}
    assert counts.largest["test/loss"] > 0

    file.write(found, path := file.place(spec.folder, "full", shipped=True))
    assert path == spec.folder / "results" / "determinism.json"
    assert file.read(path) == found
    path.write_text("{}")
    assert file.read(path) is None


def record(**fields) -> Record:
    base = {
        "spec": "x", "identity": "i", "terms": "t", "experiment": "e", "seed": 0, "rung": "full", "state": "done",
        "metrics": {"digit": {"test": Scores(values={"Accuracy": 90.0, "loss": 0.5}, n=10)}},
        "chosen": Chosen(by="last", step=20, epoch=1.0),
        "history": (Point(step=10, epoch=0.5, values={"validation/loss": 0.75}),),
        "sealed": (Point(step=10, epoch=0.5, values={"test/Accuracy": 80.0}),),
        "steps": 20,
        "environment": Environment(
            device="c", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3",
            platform="p", capability="AVX2", versions={},
        ),
        "timings": Timings(data=0, fit=1, evaluate=1, total=2),
        "training_path": "plain", "weights_sha256": "w", "predictions_sha256": "p",
    }  # fmt: skip
    return Record(**(base | fields))


@pytest.mark.parametrize(
    ("fields", "differing", "key", "by"),
    [
        ({"timings": Timings(data=9, fit=9, evaluate=9, total=27), "resumed_from": "5"}, (), "test/Accuracy", 0.0),
        ({"weights_sha256": "v"}, ("weights",), "test/Accuracy", 0.0),
        ({"predictions_sha256": "q"}, ("predictions",), "test/loss", 0.0),
        ({"metrics": {"digit": {"test": Scores(values={"Accuracy": 87.0, "loss": 0.5}, n=10)}}}, ("metrics",),
         "test/Accuracy", 3.0),
        ({"history": (Point(step=10, epoch=0.5, values={"validation/loss": 1.0}),)}, ("history",),
         "validation/loss", 0.25),
        ({"sealed": (Point(step=10, epoch=0.5, values={"test/Accuracy": 84.5}),)}, ("history",), "test/Accuracy", 4.5),
        ({"chosen": Chosen(by="last", step=19, epoch=1.0)}, ("metrics",), "test/loss", 0.0),
        ({"steps": 19}, ("history",), "test/loss", 0.0),
    ],
)  # fmt: skip
def test_two_records_are_the_same_but_for_their_times(fields, differing, key, by):
    found = compare("again", record(), record(**fields))
    assert found.differing == differing
    assert found.bitwise == (not differing)
    assert found.largest[key] == by


def test_one_that_failed_differs_from_one_that_did_not():
    failed = record(state="failed", reason="diverged at step 3", metrics={}, weights_sha256=None)
    found = compare("resumed", record(), failed)
    assert (found.bitwise, found.is_fault) == (False, True)
    assert found.why == "one is done, the other diverged at step 3"
    assert compare("resumed", failed, failed).bitwise is True


def test_values_that_are_no_numbers():
    assert apart(math.nan, math.nan) == apart(math.inf, math.inf) == 0.0
    assert apart(math.nan, 1.0) == apart(math.inf, -math.inf) == math.inf
    references = {"digit": {"majority": Scores(values={"Accuracy": 10.0}, n=10)}}
    assert largest(record(metrics=references, sealed=(), history=()), record(metrics=references)) == {}


def test_a_long_run_is_cut_and_still_looks(make_experiment):
    long = make_experiment(
        "e", training={"steps": None, "epochs": 10, "evaluate_every": Duration(number=1, unit="epochs")}
    )
    short = cut(long, 30, steps_in_epoch=100).training
    assert (short.steps, short.epochs, str(short.evaluate_every)) == (30, None, "10 steps")
    assert cut(long, 1000, steps_in_epoch=100) == long
    assert [middle(n) for n in (0, 1, 2, 3, 4, 300, 301)] == [0, 0, 1, 1, 3, 151, 151]


def test_ways_that_an_experiment_has(make_experiment, make_classical):
    assert list(trials(make_experiment("net"), 9)) == ["straight", "again", "resumed", "path", "threads"]
    gathered = make_experiment("net", training={"accumulate_grad_batches": 2})
    assert "path" not in trials(gathered, 9)
    assert trials(make_experiment("net", training={"threads": 2}), 9)["threads"].threads == 1
    assert list(trials(make_classical("knn", "KNeighborsClassifier"), 9)) == ["straight", "again"]
    assert Training().threads == 1


def test_differences_stand_in_the_papers_unit(make_experiment, make_spec):
    number = Number(text="0.9", value=0.9, half_width=0.05)
    row = Reported(experiment="net", metric="test/Accuracy", unit="fraction", number=number)
    experiment = make_experiment("net")
    percent = printed_units(make_spec(experiment), experiment)
    fraction = printed_units(make_spec(experiment, reported=(row,)), experiment)
    assert (percent, fraction) == ({"Accuracy": "percent"}, {"Accuracy": "fraction"})
    changed = record(sealed=(Point(step=10, epoch=0.5, values={"test/Accuracy": 84.0}),))
    found = compare("again", record(), changed)
    assert in_units(found, percent).largest["test/Accuracy"] == 4.0
    assert in_units(found, fraction).largest["test/Accuracy"] == 0.04
