"""What the probe said is kept, found again by every worker, and made anew where it cannot be trusted."""

import json
import shutil
from pathlib import Path

import pytest

from repro.data.gate import GateError
from repro.data.prepare import prepare
from repro.runs import blind_checks as room
from repro.runs.blind_checks import blind_checks, with_blind_checks
from repro.spec.load import load_spec

BROKEN = Path(__file__).parent / "broken"
STUDY = BROKEN / "threshold-on-test"
HONEST = [
    (study.parent.name, name)
    for study in sorted(BROKEN.glob("*/paper.yaml"))
    for name in load_spec(study.parent).experiments
    if name.startswith("honest")
]
assert len(HONEST) == 6


@pytest.fixture
def counted(monkeypatch):
    """Stands in for the probe: says the same of everything, and counts how often it was asked."""
    asked = []

    def probe(experiment, data, items, **how):
        asked.append((experiment.name, len(items)))
        return {check: {"state": "ok", "text": check} for check in room.CHECKS}

    monkeypatch.setattr(room, "probe", probe)
    return asked


def of(name, folder=STUDY, *changes):
    experiment = load_spec(folder, changes=changes).experiments[name]
    return experiment, prepare(experiment, seed=0, folder=folder)


def test_it_is_tried_once_and_found_again(counted, tmp_path):
    experiment, data = of("honest")
    for _ in range(2):
        gate = with_blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path)
        assert {"shared-items", "fitted-on-all", *room.CHECKS} <= set(gate["checks"])
        assert "waiver" not in gate
    assert counted == [("honest", 1797)]
    assert len(list(tmp_path.glob("blind-*.json"))) == 1


@pytest.mark.parametrize("change", ["training.steps=500", "splits.train=800", "seeds=[3]", "optimizer.Adam.lr=2e-3"])
def test_what_the_short_form_leaves_out_shares_one_try(counted, tmp_path, change):
    for changes in ((), (change,)):
        experiment, data = of("honest", STUDY, *changes)
        blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path)
    assert len(counted) == 1


@pytest.mark.parametrize("change", ["training.batch_size=8", "loss=NLLLoss", "training.select=last"])
def test_anything_else_is_tried_anew(counted, tmp_path, change):
    for changes in ((), (change,)):
        experiment, data = of("honest-running", STUDY, *changes)
        blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path)
    assert len(counted) == 2


def test_edited_code_is_tried_anew(counted, tmp_path):
    folder = shutil.copytree(STUDY, tmp_path / "study")
    for text in ("", "# edited\n"):
        (folder / "model.py").write_text(text + (STUDY / "model.py").read_text())
        experiment, data = of("honest", folder)
        blind_checks(experiment, data, seed=0, folder=folder, kept_in=tmp_path)
    assert len(counted) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: "{",
        lambda whole: json.dumps({**whole, "key": "another"}),
        lambda whole: json.dumps({**whole, "checks": {}}),
        lambda whole: json.dumps({**whole, "checks": {c: {"state": "fine", "text": "x"} for c in whole["checks"]}}),
        lambda whole: json.dumps([]),
    ],
)
def test_a_damaged_file_is_made_anew(counted, tmp_path, spoil):
    experiment, data = of("honest")
    first = blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path)
    (path,) = tmp_path.glob("blind-*.json")
    whole = path.read_text()
    path.write_text(spoil(json.loads(whole)))
    assert blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path) == first
    assert path.read_text() == whole
    assert len(counted) == 2


def test_without_own_code_the_gate_stays_as_it_is(counted, make_experiment, tmp_path):
    experiment = make_experiment("plain")
    data = prepare(experiment, seed=0, folder=tmp_path)
    assert with_blind_checks(experiment, data, seed=0, folder=tmp_path, kept_in=tmp_path) == data.gate
    assert counted == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("study", "name"), HONEST)
def test_the_honest_twins_pass(study, name, tmp_path):
    experiment, data = of(name, BROKEN / study)
    gate = with_blind_checks(experiment, data, seed=0, folder=BROKEN / study, kept_in=tmp_path)
    assert {check: found["state"] for check, found in gate["checks"].items() if found["state"] != "ok"} in (
        {},
        {"duplicates": "found"},
    )


def test_a_failure_stops_without_a_waiver_and_is_told_with_one(tmp_path):
    experiment, data = of("broken-batch")
    with pytest.raises(
        GateError, match="failed for experiment 'broken-batch': the prediction of a test item"
    ) as caught:
        with_blind_checks(experiment, data, seed=0, folder=STUDY, kept_in=tmp_path)
    assert caught.value.gate["checks"]["blind-predictions"]["state"] == "failed"
    waived, data = of("broken-batch", STUDY, "splits.waiver=the paper's own mistake")
    gate = with_blind_checks(waived, data, seed=0, folder=STUDY, kept_in=tmp_path)
    assert gate["waiver"] == "the paper's own mistake"
    assert gate["checks"]["blind-predictions"]["state"] == "failed"
