"""``repro run --devices 2``, seen from outside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Do two devices train as one does?
dataset: {name: digits}
labels: digit
splits: {train: 601, test: 401}
architecture: {mlp: [Flatten, Linear: {out_features: 32}, ReLU, Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 2}
seeds: [0]
baseline: mlp
experiments: {mlp: {model: mlp}}
"""


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(os.name != "posix", reason="several devices need Linux or macOS")
@pytest.mark.slow
def test_a_study_on_two_devices_end_to_end(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/paper.yaml").write_text(SPEC)

    def ran(*how: str):
        done = repro("run", "x", *how, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == "", "no library may say anything"
        (path,) = (tmp_path / "x/runs/full").glob("*.json")
        return " ".join(done.stdout.split()), json.loads(path.read_text())

    said, two = ran("--devices", "2")
    assert "1 of 1 runs were each trained by 2 devices together" in said
    assert not list((tmp_path / "x/runs/full").glob("*.log")), "no library may say anything in a rank either"
    said, one = ran("--force")
    assert "devices together" not in said
    assert (two["environment"]["devices"], one["environment"]["devices"]) == (2, 1)
    assert two["identity"] == one["identity"]
    assert two["steps"] == one["steps"] == 2 * 13
    assert two["metrics"]["digit"]["test"]["n"] == one["metrics"]["digit"]["test"]["n"] == 401
    scores = [record["metrics"]["digit"]["test"]["values"]["loss"] for record in (two, one)]
    assert scores[0] == pytest.approx(scores[1], rel=1e-4)


def test_several_machines_need_processes_there(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/paper.yaml").write_text(SPEC)
    done = repro("run", "x", "--nodes", "2", cwd=tmp_path)
    assert done.returncode == 2
    assert "--nodes" in done.stderr
    assert "srun or torchrun" in done.stderr
