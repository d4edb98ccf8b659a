"""Verify runs own code where a run does, apart from test labels, and tries it again whatever is kept of that."""

import importlib.util
import json
import os
import shutil
from pathlib import Path

import pytest

from repro.runs.blind_checks import tried_folder
from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.engine.local import LocalEngine
from repro.runs.ledger import Ledger
from repro.runs.run import GateFailed, run_plan
from repro.runs.verify.verify import verify
from repro.spec.load import load_spec
from repro.study import Study

_spec = importlib.util.spec_from_file_location("forgery", Path(__file__).with_name("forgery.py"))
assert _spec is not None
assert _spec.loader is not None
forgery = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(forgery)

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="own code is kept apart where processes can fork")

CHEATS = Path(__file__).parent / "cheats"
BROKEN = Path(__file__).parent / "broken" / "threshold-on-test"
APART = ("plain", "frames", "collector", "replaced")
"""Experiments that are trained though their own code looks for labels: they find none."""


def look(study, *, own_code=True, sample=0, engine):
    ledger = Ledger(study.spec.folder, "runs")
    return verify(study.plan, ledger, sample=sample, seed=1, own_code=own_code, engine=engine)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of this test's own, for workers that it starts."""
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return tried_folder()


@pytest.mark.slow
def test_own_code_finds_no_label_while_it_is_verified(tmp_path, engine):
    """Before, it was trained again beside the labels, found them, and honest records came out as wrong."""
    folder = shutil.copytree(CHEATS, tmp_path / "cheats")
    text = (folder / "model.py").read_text()
    where = tmp_path / "processes.txt"
    logged = f"import os\nwith open({str(where)!r}, 'a') as file:\n    print(os.getpid(), file=file)\n"
    (folder / "model.py").write_text(text.replace("import gc\n", f"import gc\n{logged}", 1))
    study = Study(load_spec(folder), only=APART)
    study.train(engine=engine)
    where.unlink()
    found = look(study, sample=9, engine=engine)
    assert {row.experiment: row.state for row in found.rows} == dict.fromkeys(APART, "ok"), found.rows
    assert {again.experiment: again.judged for again in found.retrained} == dict.fromkeys(APART, "bitwise equal")
    ran_in = {int(line) for line in where.read_text().split()}
    assert ran_in.isdisjoint({os.getpid(), *(worker.process.pid for worker in engine.workers)})


@pytest.mark.slow
def test_findings_that_are_written_by_hand_are_believed_nowhere(tmp_path, cache):
    folder = shutil.copytree(BROKEN, tmp_path / "study")
    study = Study(load_spec(folder, rung="broken"), only=("broken-batch",))
    culprit = "own code in it: layer model.py:Scale"
    with LocalEngine(1) as own:
        with pytest.raises(GateFailed, match=culprit):
            run_plan(study.plan, engine=own)
        (kept,) = cache.glob("blind-*.json")
        findings = json.loads(kept.read_text())
        for check in findings["checks"].values():
            check.update(state="ok", text="fine")
        for place in (folder / "runs" / "splits", folder / "results" / "splits"):
            place.mkdir(parents=True, exist_ok=True)
            (place / kept.name).write_text(json.dumps(findings))
        with pytest.raises(GateFailed, match=culprit):  # what lies in the folder is not looked at
            run_plan(study.plan, engine=own)
        kept.write_text(json.dumps(findings))  # on one's own machine anyone can
        assert [record.state for record in run_plan(study.plan, engine=own)] == ["done"]
        unasked = look(study, own_code=False, engine=own)
        asked = look(study, engine=own)
    assert not any("leakage gate" in text for row in unasked.rows for text in row.wrong)
    (row,) = asked.rows
    assert row.state == "wrong"
    assert any(text.startswith("the leakage gate failed") and culprit in text for text in row.wrong), row.wrong
    assert asked.pool == 0, "what is wrong is not trained again"


FEW = """paper: {title: Digits, authors: [A B], year: 2024}
question: Can it be told?
dataset: digits
labels: digit
splits: {from: all, train: 6, test: 100}
architecture:
  flat: [Flatten, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 6, steps: 4}
seeds: [0]
baseline: flat
experiments: {flat: {model: flat}}
"""


def test_a_finding_of_the_gate_that_is_made_ok_by_hand_is_wrong(tmp_path, engine):
    (tmp_path / "paper.yaml").write_text(FEW)
    study = Study(load_spec(tmp_path))
    (record,) = run_plan(study.plan, engine=engine)
    names = [name for name, check in record.gate["checks"].items() if check["state"] == "found"]
    assert names == ["labels"]
    assert [row.state for row in look(study, engine=engine).rows] == ["ok"]
    forgery.typed(study.plan, study.plan.runs[0], lambda f: f["gate"]["checks"]["labels"].update(state="ok"))
    (row,) = look(study, engine=engine).rows
    assert any(text.startswith("its gate says ok of labels; here it is found: ") for text in row.wrong), row


LEARNS = """
import torch

class Centers(torch.nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(classes))

    def forward(self, output, target):
        return torch.nn.functional.cross_entropy(output * self.scale, target)
"""
SPEC = """
paper: {title: A loss that learns, authors: [A], year: 2020}
question: Which?
dataset: {name: digits}
splits: {train: 300, test: 100}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 1e-1}}
loss: model.py:Centers
metric: Accuracy
training: {batch_size: 50, epochs: 3}
seeds: [0]
baseline: linear
experiments: {linear: {model: linear}}
"""


def test_a_loss_that_learns_is_said_and_no_honest_record_is_wrong(tmp_path, engine):
    """Its weights are not in the record, and a loss made afresh gives other values."""
    (tmp_path / "model.py").write_text(LEARNS)
    (tmp_path / "paper.yaml").write_text(SPEC)
    study = Study(load_spec(tmp_path))
    study.train(engine=engine)
    (row,) = look(study, engine=engine).rows
    assert (row.state, row.wrong) == ("in part", ())
    assert any(text.startswith("loss of test: the folder's own loss has weights or buffers") for text in row.unchecked)
