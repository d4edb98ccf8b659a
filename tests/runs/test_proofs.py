"""Proof that can be written by hand is not believed: what was tried, timings, gates, copies, later records."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from repro.cli.main import app
from repro.runs.blind_checks import tried_folder
from repro.runs.ledger import Ledger
from repro.runs.record import Record
from repro.runs.run import RunRefused, run_plan
from repro.runs.verify.verify import verify
from repro.spec.load import load_spec
from repro.study import Study

_spec = importlib.util.spec_from_file_location("forgery", Path(__file__).with_name("forgery.py"))
assert _spec is not None
assert _spec.loader is not None
forgery = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(forgery)
predicted, the_run, typed = forgery.predicted, forgery.the_run, forgery.typed

SPEC = """paper: {title: Digits, authors: [A B], year: 2024}
question: Can it be told?
dataset: digits
labels: digit
splits: {from: all, train: 200, test: 100}
architecture:
  flat: [Flatten, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 4, select: last}
seeds: [0, 1, 2]
baseline: flat
experiments:
  flat: {model: flat}
reported:
  - {where: "Table 1", metric: Accuracy, unit: percent, values: {flat: 50}}
sources: {guess: [architecture, optimizer, training, seeds]}
"""


@pytest.fixture
def plan(tmp_path: Path, engine):
    (tmp_path / "paper.yaml").write_text(SPEC)
    study = Study(load_spec(tmp_path))
    study.train(engine=engine)
    return study.plan


@pytest.fixture
def rows(engine):
    """The rows of a plan by seed."""

    def look(plan):
        found = verify(plan, Ledger(plan.spec.folder, "runs"), sample=0, seed=1, engine=engine)
        return {row.seed: row for row in found.rows}

    return look


def test_a_copy_with_a_nudged_digit_is_found_by_its_predictions(plan, rows):
    source, target = the_run(plan, "flat", 0), the_run(plan, "flat", 1)
    ledger = Ledger(plan.spec.folder, "runs")
    path, copy = ledger.path(source, "full"), ledger.path(target, "full")
    copy.with_suffix(".npz").write_bytes(path.with_suffix(".npz").read_bytes())
    own = json.loads(copy.read_text())
    fields = json.loads(path.read_text()) | {name: own[name] for name in ("identity", "seed", "weights_sha256")}
    copy.write_text(Record.model_validate_json(json.dumps(fields)).sealed_with_hash().to_json())

    def nudge(arrays):
        name = next(name for name in arrays if name.endswith("test.predicted"))
        arrays[name] = arrays[name].copy()
        arrays[name][0] = arrays[name][0] + np.asarray(0.5, arrays[name].dtype)
        return arrays

    predicted(plan, target, nudge)
    found = rows(plan)
    assert any("% of the test items' scores of flat seed 0" in text for text in found[1].wrong), found[1]
    assert any("% of the test items' scores of flat seed 1" in text for text in found[0].wrong), found[0]
    assert not any("scores of" in text for text in (*found[2].wrong, *found[2].remarks))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_copy_of_a_linear_model_with_noise_is_trained_again_first(plan, engine, seed):
    """Linear models may come to one solution, so that nothing is wrong before one of them is trained again."""
    source, target = the_run(plan, "flat", 0), the_run(plan, "flat", 2)
    arrays = Ledger(plan.spec.folder, "runs").predictions(Ledger(plan.spec.folder, "runs").answer(source))

    def noisy(kept):
        name = next(name for name in kept if name.endswith("test.predicted"))
        noise = np.random.default_rng(3).normal(size=kept[name].shape).astype(np.float32)
        return {**kept, name: arrays["predicted"] * (1 + np.float32(1e-5) * noise)}

    predicted(plan, target, noisy)
    own = json.loads(Ledger(plan.spec.folder, "runs").path(source, "full").read_text())
    typed(plan, target, lambda fields: fields.update({name: own[name] for name in ("metrics", "history", "sealed")}))
    found = verify(plan, Ledger(plan.spec.folder, "runs"), sample=None, seed=seed, engine=engine)
    assert [row.state for row in found.rows] == ["ok"] * 3, found.rows
    assert {again.seed: again.judged for again in found.retrained} == {0: "bitwise equal", 2: "wrong"}


@pytest.mark.parametrize("stage", ["total", "fit", "data"])
def test_timings_must_add_up(plan, stage, rows):
    assert rows(plan)[1].state == "ok"
    typed(plan, the_run(plan, "flat", 1), lambda fields: fields["timings"].update({stage: 4000.0}))
    found = rows(plan)[1]
    assert any("its stages do not add up" in text for text in found.wrong), found


def test_a_gate_that_says_less_than_the_gate_finds_is_wrong(plan, rows):
    run = the_run(plan, "flat", 1)
    check = next(iter(Ledger(plan.spec.folder, "runs").answer(run).gate["checks"]))
    typed(plan, run, lambda fields: fields["gate"]["checks"][check].update(state="splendid"))
    found = rows(plan)[1]
    assert any(text.startswith(f"its gate says splendid of {check}; here it is ") for text in found.wrong), found


def test_a_run_is_drawn_though_all_are_said_to_be_too_long(plan):
    long = {"data": 0.0, "fit": 4000.0, "evaluate": 0.0, "total": 4000.0}
    for seed in (0, 1, 2):
        typed(plan, the_run(plan, "flat", seed), lambda fields: fields["timings"].update(long))
    done = CliRunner().invoke(app, ["verify", str(plan.spec.folder)])
    assert done.exit_code == 0, done.output
    assert "1 of 3 trained again: bitwise equal" in done.output
    assert "the record says that it took 4e+03 s; here it took " in done.output
    asked = CliRunner().invoke(app, ["verify", str(plan.spec.folder), "--sample", "0"])
    assert asked.exit_code == 0
    assert "nothing was trained again" in asked.output
    assert "the folder's own word" in asked.output


def test_made_up_predictions_of_every_run_are_found_though_all_are_said_to_be_too_long(plan, engine):
    """Before, nothing was trained again and nothing wrong was said."""
    for seed in (0, 1, 2):
        run = the_run(plan, "flat", seed)
        typed(plan, run, lambda f: f["timings"].update(data=0.0, fit=4000.0, evaluate=0.0, total=4000.0))
        typed(plan, run, lambda f: f.update(weights_sha256=f["weights_sha256"][::-1]))
    found = verify(plan, Ledger(plan.spec.folder, "runs"), sample=None, seed=1, engine=engine)
    assert [again.judged for again in found.retrained] == ["wrong"]
    assert not found.is_right


def test_a_record_of_a_newer_version_is_never_overwritten(plan, engine):
    run = the_run(plan, "flat", 1)
    path = Ledger(plan.spec.folder, "runs").path(run, "full")
    fields = json.loads(path.read_text())
    path.write_text(json.dumps(fields | {"schema_version": 9, "mood": "good"}))
    before = path.read_bytes(), path.with_suffix(".npz").read_bytes()
    with pytest.raises(RunRefused, match="holds a record of a newer version of repro"):
        run_plan(plan, engine=engine)
    record = Record.model_validate_json(json.dumps(fields))
    with pytest.raises(OSError, match="newer version"):
        Ledger(plan.spec.folder, "runs").write(run, "full", record, None)
    assert (path.read_bytes(), path.with_suffix(".npz").read_bytes()) == before


def test_what_was_tried_is_kept_outside_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    assert tried_folder() == tmp_path / "cache" / "tried"
