"""A study whose own code looks for the test labels, run as anyone would: it finds none, and fakes no score."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import repro
from repro.data.prepare import prepare
from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.predictions_file import arrays_sha256
from repro.training.fit import fit

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="own code is kept apart where processes can fork")

CHEATS = Path(__file__).parent / "cheats"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], dict[str, dict[str, Any]]]:
    """The run, and its records by experiment."""
    folder = tmp_path_factory.mktemp("isolation") / "cheats"
    shutil.copytree(CHEATS, folder)
    command = [sys.executable, "-m", "repro", "run", str(folder), "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, env={**os.environ})
    records = [json.loads(path.read_text()) for path in (folder / "runs" / "full").glob("*.json")]
    return done, {record["experiment"]: record for record in records}


def accuracy(record: dict[str, Any], view: str = "test") -> float:
    values: dict[str, float] = record["metrics"]["digit"][view]["values"]
    return values["Accuracy"]


@pytest.mark.parametrize("name", ["frames", "collector"])
def test_labels_that_own_code_finds_are_not_the_test_items_labels(ran: Any, name: str) -> None:
    """Before, both were 100 % right."""
    assert accuracy(ran[1][name]) < 30, ran[0].stderr


def test_a_metric_of_the_harness_that_own_code_replaces_takes_no_test_score(ran: Any) -> None:
    """Its own process believes what it set, of items that it may see; the test score is taken elsewhere."""
    record = ran[1]["replaced"]
    assert accuracy(record, "train") == 100.0
    assert 50 < accuracy(record) < 99


def test_what_knows_test_items_by_heart_is_named(ran: Any) -> None:
    record = ran[1]["heart"]
    assert record["state"] == "failed"
    assert "test items are known by heart" in record["reason"]
    assert ran[0].returncode == 1


def test_honest_code_trains_and_says_what_was_tried(ran: Any) -> None:
    record = ran[1]["plain"]
    values = record["metrics"]["digit"]["test"]["values"]
    assert values["share"] == pytest.approx(values["acc"], abs=1e-4)
    assert len(record["sealed"]) == len(record["history"]) == 3
    assert record["sealed"][-1]["values"]["test/acc"] == values["acc"]
    checks = record["gate"]["checks"]
    assert {checks[name]["state"] for name in ("blind-labels", "blind-recall", "blind-weights")} == {"ok"}


def test_files_that_own_code_opens_are_said(ran: Any) -> None:
    found = ran[1]["reads"]["gate"]["checks"]["blind-files"]
    assert found["state"] == "found"
    said = found["text"].split("; ")
    assert "files of the data set" in said[0]
    assert "digits.csv" in said[0]
    assert "(table.txt)" in said[1]
    assert "-elsewhere.csv" in said[2]
    assert ran[1]["plain"]["gate"]["checks"]["blind-files"]["state"] == "ok"


def test_it_is_what_a_process_with_labels_would_record(ran: Any, tmp_path: Path) -> None:
    study = repro.load(shutil.copytree(CHEATS, tmp_path / "cheats"))
    experiment = study.experiment("plain")
    data = prepare(experiment, seed=0, folder=study.spec.folder)
    outcome = fit(experiment, data, seed=0, folder=study.spec.folder)
    record = ran[1]["plain"]
    assert outcome.weights_sha256 == record["weights_sha256"]
    for view in ("train", "validation", "test"):
        assert outcome.metrics["digit"][view].values == record["metrics"]["digit"][view]["values"]
    assert [look.values for look in outcome.history] == [point["values"] for point in record["history"]]
    assert [look.values for look in outcome.sealed] == [point["values"] for point in record["sealed"]]
    arrays = {f"digit.test.{name}": values for name, values in outcome.predictions["digit"]["test"].arrays.items()}
    assert arrays_sha256(arrays) == record["predictions_sha256"]
