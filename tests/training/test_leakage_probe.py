"""The probe of own code, on the studies of tests/runs/broken and on own code made for one trait."""

import json
import random
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data.prepare import prepare, read
from repro.data.randomized import perturb
from repro.spec.load import load_spec
from repro.training.leakage_probe import probe as room
from repro.training.leakage_probe.own_parts import own_parts
from repro.training.leakage_probe.probe import CHECKS, probe
from repro.training.leakage_probe.short import EAGER_LR, Size, shortened, size_for

BROKEN = Path(__file__).parents[1] / "runs" / "broken"
EPOCH = BROKEN / "epoch-on-test"


def tried(experiment, folder, seed=0):
    data = prepare(experiment, seed=seed, folder=folder)
    items = read(experiment.dataset, folder)
    return {check: found["state"] for check, found in (found_in(experiment, data, items, folder, seed)).items()}


def found_in(experiment, data, items, folder, seed=0):
    return probe(experiment, data, items, seed=seed, folder=folder, accelerator="cpu")


@pytest.mark.parametrize("lr", [1e-2, 1e-5])
def test_an_epoch_picked_on_test_is_found_however_little_is_learnt(lr):
    experiment = load_spec(EPOCH, changes=[f"optimizer.Remembered.lr={lr}"]).experiments["broken-metric"]
    assert [tried(experiment, EPOCH, seed)["blind-weights"] for seed in range(2)] == ["failed", "failed"]


def test_honest_own_code_of_every_kind_passes_and_nothing_is_left_behind():
    experiment = load_spec(EPOCH).experiments["honest"]
    data, items = prepare(experiment, seed=0, folder=EPOCH), read(experiment.dataset, EPOCH)
    before = random.getstate(), np.random.get_state()[1].tobytes(), torch.get_rng_state().numpy().tobytes()
    findings = found_in(experiment, data, items, EPOCH)
    assert {check: found["state"] for check, found in findings.items()} == dict.fromkeys(CHECKS, "ok")
    assert before == (random.getstate(), np.random.get_state()[1].tobytes(), torch.get_rng_state().numpy().tobytes())
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    assert str(EPOCH / "model.py") not in files


def own(study, tmp_path, code, **fields):
    (tmp_path / "model.py").write_text(code)
    return study(training={"steps": 20}, **fields)


UNSEEDED = """
import numpy as np
class Jitter:
    random = True
    def __init__(self):
        self.draws = np.random.default_rng()
    def __call__(self, batch):
        return batch + float(self.draws.normal())
"""
COUNTING = """
from pathlib import Path
import torch
class Counting(torch.nn.CrossEntropyLoss):
    '''Remembers earlier runs in a file, and nothing of the test items.'''
    def __init__(self):
        super().__init__()
        runs = Path(__file__).with_name("runs.txt")
        self.factor = 1.0 + (len(runs.read_text()) if runs.exists() else 0)
        with runs.open("a") as file:
            file.write("x")
    def forward(self, output, target):
        return self.factor * super().forward(output, target)
"""
COUNTS_IN_CLASS = """
import torch
class Counting(torch.nn.CrossEntropyLoss):
    made = 0
    def __init__(self):
        super().__init__()
        Counting.made += 1
        self.factor = float(Counting.made)
    def forward(self, output, target):
        return self.factor * super().forward(output, target)
"""
LOOKS_AT_MAX = """
import torch
class Soft(torch.nn.Module):
    '''Log-softmax made safe by the batch's largest score: other items change it by rounding alone.'''
    def forward(self, x):
        x = x - x.max()
        return x - x.exp().sum(1, keepdim=True).log()
"""
BREAKS = """
import torch
class Breaks(torch.nn.Module):
    def forward(self, x):
        if len(x) > 40:
            raise ValueError("so many items")
        return x
"""


def test_own_code_that_does_not_repeat_itself_is_told_so_and_stops_nothing(study, make_entry, tmp_path):
    from repro.spec.experiment import Input

    jitter = Input(name="input", augment=(make_entry("model.py:Jitter"),))
    for code, fields in (
        (UNSEEDED, {"inputs": {"input": jitter}}),
        (COUNTING, {"losses": {"digit": make_entry("model.py:Counting")}}),
    ):
        experiment = own(study, tmp_path, code, **fields)
        found = found_in(experiment, prepare(experiment, seed=0, folder=tmp_path), read(experiment.dataset, tmp_path),
                         tmp_path)  # fmt: skip
        assert found["blind-weights"]["state"] == "found"
        assert "two short runs on the same items differ already" in found["blind-weights"]["text"]


def test_each_short_run_has_own_code_loaded_anew(study, make_entry, tmp_path):
    experiment = own(study, tmp_path, COUNTS_IN_CLASS, losses={"digit": make_entry("model.py:Counting")})
    assert set(tried(experiment, tmp_path).values()) == {"ok"}


def test_rounding_is_no_leak(study, make_layer, tmp_path):
    layers = (make_layer("Flatten"), make_layer("Linear", out_features="classes"), make_layer("model.py:Soft"))
    assert set(tried(own(study, tmp_path, LOOKS_AT_MAX, layers=layers), tmp_path).values()) == {"ok"}


def test_a_probe_that_breaks_is_told_and_stops_nothing(study, make_layer, tmp_path):
    layers = (make_layer("Flatten"), make_layer("model.py:Breaks"), make_layer("Linear", out_features="classes"))
    experiment = own(study, tmp_path, BREAKS, layers=layers)
    data = prepare(experiment, seed=0, folder=tmp_path)
    found = found_in(experiment, data, read(experiment.dataset, tmp_path), tmp_path)
    assert {check: of["state"] for check, of in found.items()} == dict.fromkeys(CHECKS, "found")
    assert found["blind-weights"]["text"] == "could not be tried: ValueError: so many items"


def test_a_rate_too_large_for_the_probe_is_put_back(study, make_entry, tmp_path, monkeypatch):
    """A net that comes to nothing at the raised rate is tried at its own."""
    rates = []
    shorten = room.shortened

    def noting(experiment, size, *, eager):
        rates.append(eager)
        made = shorten(experiment, size, eager=eager)
        lr = float("inf") if eager else 1e-3
        return made.model_copy(update={"optimizer": make_entry("SGD", lr=lr)})

    monkeypatch.setattr(room, "shortened", noting)
    experiment = own(study, tmp_path, COUNTING.replace('x"', '"'), losses={"digit": make_entry("model.py:Counting")})
    assert tried(experiment, tmp_path)["blind-weights"] == "ok"
    assert rates == [True, False]


def test_the_short_form_keeps_all_but_the_length(study, make_entry):
    experiment = study(training={"stop_patience": 3, "select": "best_validation", "batch_size": 500})
    short = shortened(experiment, Size())
    assert (short.training.steps, short.training.stop_patience, short.training.batch_size) == (24, None, 32)
    assert short.training.select == "best_validation"
    assert short.optimizer == make_entry("Adam", lr=1e-2)
    slow = shortened(study(optimizer=make_entry("Adam", lr=1e-5)), Size())
    assert slow.optimizer is not None
    assert slow.optimizer.args["lr"] == EAGER_LR
    fast = shortened(study(optimizer=make_entry("Adam", lr=1e-5)), Size(), eager=False)
    assert fast.optimizer == make_entry("Adam", lr=1e-5)


def test_large_nets_are_tried_on_fewer_items():
    assert size_for(1) == Size()
    large = size_for(10**12)
    assert (large.items, large.batch_size, large.steps) == (16, 4, 12)


def test_own_parts_are_named_by_what_they_are_there_for():
    experiments = load_spec(EPOCH).experiments
    assert own_parts(experiments["honest"]) == {
        "augment": ("model.py:Jitter",),
        "layer": ("model.py:Centre",),
        "optimizer": ("model.py:Remembered",),
        "loss": ("model.py:Weighted",),
        "metric": ("model.py:Right",),
    }
    data_only = load_spec(BROKEN / "fitted-on-all").experiments["honest-data"]
    assert own_parts(data_only) == {}


TABLE = """
import json, zlib
from pathlib import Path
import torch
KNOWN = json.loads(Path(__file__).with_name("table.json").read_text())
class Table:
    def __call__(self, batch):
        made = batch.clone()
        for number, item in enumerate(batch):
            label = KNOWN.get(str(zlib.crc32(item.numpy().tobytes())))
            if label is not None:
                self.write(made[number], label)
        return made
class Pixel(Table):
    def write(self, item, label): item[0, 0, 0] = 3.0 + label
class Picture(Table):
    def write(self, item, label): item[:] = label / 10
class Honest:
    def __call__(self, batch): return (batch - batch.mean((1, 2, 3), keepdim=True)).clamp(-1, 1)
class Erratic:
    '''It changes with the last bit, for all items alike.'''
    def __call__(self, batch): return (batch.double() * 1e7).sin().float()
"""


@pytest.mark.parametrize("name", ["Pixel", "Picture", "Honest", "Erratic"])
def test_a_feature_that_holds_a_table_of_test_items_is_named(name, study, make_entry, tmp_path):
    """Its items come out otherwise as soon as they change in their last bits; those of validation do not."""
    from repro.spec.experiment import Input

    plain = study(training={"steps": 20}, inputs={"input": Input(name="input")})
    data, items = prepare(plain, seed=0, folder=tmp_path), read(plain.dataset, tmp_path)
    part = data.parts["test"]
    table = {
        str(zlib.crc32(np.asarray(part.inputs["input"][row]).tobytes())): int(part.targets["digit"][row])
        for row in range(len(part))
    }
    (tmp_path / "table.json").write_text(json.dumps(table))
    feature = Input(name="input", cached=(make_entry(f"model.py:{name}"),))
    experiment = own(study, tmp_path, TABLE, inputs={"input": feature})
    found = found_in(experiment, data, items, tmp_path)["blind-features"]
    if name in ("Honest", "Erratic"):
        assert found["state"] == "ok", found
    else:
        assert found["state"] == "failed"
        assert f"feature model.py:{name}: " in found["text"]
        assert "% of the test items come out of the features otherwise" in found["text"]
        assert "known by heart" in found["text"]


@pytest.mark.parametrize("kind", ["float32", "uint8", "bool"])
def test_values_are_hardly_nudged(kind, study, tmp_path):
    items = read(study().dataset, tmp_path)
    values = (np.asarray(items.values) * (1 if kind == "float32" else 255)).astype(kind)
    items = replace(items, values=values)
    moved = np.asarray(perturb(items, np.arange(10)).values)
    assert moved.dtype == values.dtype
    assert np.array_equal(moved[10:], values[10:])
    change = np.abs(moved[:10].astype(float) - values[:10].astype(float))
    assert 0 < change.max() <= (0.01 if kind == "float32" else 1)
