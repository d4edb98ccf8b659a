"""How far a plan is, read from what lies on the disk."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from repro.runs.failed_record import Context, failed_record
from repro.runs.lease import Holder, LiveFiles, boot_id
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.runs.status import status, why_stale


@pytest.fixture
def study(make_experiment, make_spec, engine):
    """Of five seeds one is done, one failed, one runs, one was stopped, one is missing."""
    spec = make_spec(make_experiment("a", seeds=(0, 1, 2, 3, 4)))
    plan = make_plan(spec)
    folder, runs = spec.folder, plan.runs
    (done,) = run_plan(make_plan(spec, seeds=[0]), engine=engine)
    failed = failed_record(runs[1], Context("x", plan.terms, "full", folder), "ValueError: no", done.environment, 1.0)
    ledger = Ledger(folder, "runs")
    ledger.write(runs[1], "full", failed, None)
    ledger.log_path(runs[1], "full").write_text("Traceback ...")
    me = psutil.Process()
    holder = Holder(os.getpid(), socket.gethostname(), boot_id(), 0.0, me.create_time(), time.time(), "", 1200, 6000)
    files = LiveFiles.of(folder, runs[2])
    files.folder.mkdir(parents=True, exist_ok=True)
    files.claim.write_text(json.dumps(asdict(holder)))
    LiveFiles.of(folder, runs[3]).checkpoint.write_bytes(b"x")
    return plan


def test_each_run_is_what_it_is_and_why(study):
    found = status(study)
    assert [(one.state, one.again) for one in found.runs] == [
        ("done", False),
        ("failed", True),
        ("running", False),
        ("stopped", True),
        ("missing", True),
    ]
    why = [one.why for one in found.runs]
    assert why[0] == why[4] == ""
    assert why[1].startswith("ValueError: no; it is tried again; see ")
    assert why[2].startswith(f"at step 1,200 of 6,000, by process {os.getpid()} on ")
    assert why[3] == "goes on from its checkpoint"
    assert (found.count("done"), found.count("missing"), found.stale, found.damaged) == (1, 1, (), ())


def test_a_record_of_another_recipe_is_stale_and_says_what_changed(study, make_experiment, make_spec):
    changed = make_experiment("a", seeds=(0, 1), training={"steps": 30})
    plan = make_plan(make_spec(changed))
    found = status(plan)
    assert [one.state for one in found.runs] == ["missing", "missing"]
    assert [(one.record.seed, one.why) for one in found.stale] == [
        (0, "training.steps was 20, is 30"),
        (1, "training.steps was 20, is 30"),
    ]


def test_a_record_with_older_numbers_of_a_feature_is_stale_and_says_which(study):
    (done, *_) = [record for _, record in Ledger(study.spec.folder, "runs").whole if record.state == "done"]
    mel = {"cached": [{"name": "MelSpectrogram", "args": {}}]}
    before = done.model_copy(update={"resolved": {**done.resolved, "inputs": {"input": mel}}})
    assert why_stale(before, study.runs[0], study.spec.folder) == (
        "made with numerics 1 of MelSpectrogram, which now has 2"
    )
    versions = {**done.environment.versions, "repro numerics of MelSpectrogram": "2"}
    now = before.model_copy(update={"environment": done.environment.model_copy(update={"versions": versions})})
    assert "numerics" not in why_stale(now, study.runs[0], study.spec.folder)


def test_a_record_of_other_own_code_is_stale(make_experiment, make_layers, make_spec, engine):
    net = make_layers(("Flatten", {}), ("model.py:Same", {}), ("Linear", {"out_features": "classes"}))
    spec = make_spec(make_experiment("a", model=net, seeds=(0,)))
    code = "import torch\nclass Same(torch.nn.Identity): pass\n"
    (spec.folder / "model.py").write_text(code)
    run_plan(make_plan(spec), engine=engine)
    (spec.folder / "model.py").write_text(code + "# another\n")
    (stale,) = status(make_plan(spec)).stale
    assert stale.why == "its own code has changed since (model.py)"


def test_a_dead_holder_here_and_a_silent_one_elsewhere(study):
    files = LiveFiles.of(study.spec.folder, study.runs[4])
    here = Holder(2**22 + 1, socket.gethostname(), boot_id(), 0.0, 0.0, time.time())
    files.claim.write_text(json.dumps(asdict(here)))
    assert (status(study).runs[4].state, status(study).runs[4].again) == ("missing", True)
    files.claim.write_text(json.dumps(asdict(here) | {"host": "elsewhere", "beat": 0.0}))
    found = status(study).runs[4]
    assert (found.state, found.again) == ("missing", False)
    assert found.why.endswith("on elsewhere holds it and gives no sign of life")


def test_damage_is_named(study):
    path = Ledger(study.spec.folder, "runs").path(study.runs[0], "full")
    path.write_text(path.read_text()[:-20])
    found = status(study)
    assert [damage.path for damage in found.damaged] == [path]
    assert found.runs[0].state == "missing"


SPEC = """\
paper: {title: T, authors: [A. Student], year: 2024}
question: How far is it?
dataset: {name: digits}
labels: digit
splits: {train: 100, test: 100}
architecture: {net: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 1}
seeds: [0, 1]
baseline: net
experiments: {net: {model: net}}
"""


def test_the_command_prints_it_and_imports_nothing_heavy(tmp_path):
    (tmp_path / "paper.yaml").write_text(SPEC)
    code = (
        "import sys; sys.argv = ['repro', 'status', sys.argv[1], *sys.argv[2:]]\n"
        "from repro.cli.main import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'pandas', 'numpy', 'lightning'} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    name = Path(tmp_path).name
    assert ran.stdout.splitlines() == [
        f"{name}, rung full: 2 runs: 2 missing",
        "  net    0 of 2 done   missing seeds 0, 1",
        "repro run trains 2 runs from here",
    ]
    assert ran.stderr.strip() == "[]"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "--json"], capture_output=True, text=True, check=True
    )
    (values,) = json.loads(ran.stdout)
    assert values["counts"] == {"done": 0, "failed": 0, "running": 0, "stopped": 0, "missing": 2}


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "3", "{}", '{"pid": "x"}', "pid", "beat", "steps", "host", "huge"],
)
def test_a_claim_that_no_holder_wrote_is_nobodys(study, text):
    files = LiveFiles.of(study.spec.folder, study.runs[2])
    whole = json.loads(files.claim.read_text())
    wrong = {"pid": 10**30, "beat": "now", "steps": [1], "host": {"a": 1}}
    if text in wrong:
        text = json.dumps({**whole, text: wrong[text]})
    files.claim.write_text(json.dumps({**whole, "job": "x" * 20_000}) if text == "huge" else text)
    assert files.holder() is None
    assert status(study).runs[2].state == "missing"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_claim_that_is_a_pipe_is_not_read(study):
    files = LiveFiles.of(study.spec.folder, study.runs[2])
    files.claim.unlink()
    os.mkfifo(files.claim)
    assert files.holder() is None
