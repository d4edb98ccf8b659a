"""The probe of own code, on the studies of tests/runs/broken and on own code made for one trait."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data.prepare import prepare, read
from repro.spec.load import load_spec
from repro.training.blindness import probe as room
from repro.training.blindness.own_parts import own_parts
from repro.training.blindness.probe import CHECKS, probe
from repro.training.blindness.short import EAGER_LR, Size, shortened, size_for

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
