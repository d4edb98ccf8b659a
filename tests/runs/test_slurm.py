"""``repro run --on slurm`` against a real Slurm of two nodes on this machine."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from slurm_bed import Bed, two_nodes, why_not

pytest.importorskip("submitit", reason="submitit is not installed: pip install 'repro-harness[slurm]'")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_not()), reason=f"no Slurm here: {why_not()}")]

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does a hidden layer help?
dataset: {name: digits}
labels: digit
splits: {train: 600, test: 400}
architecture:
  linear: [Flatten, model.py:Slow, Linear: {out_features: classes}]
  mlp: [Flatten, model.py:Slow, Linear: {out_features: 32}, ReLU, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-3}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 400, evaluate_every: 100 steps, checkpoint_every: 20 steps}
seeds: [0, 1, 2, 3]
baseline: linear
experiments:
  linear: {model: linear}
  mlp: {model: mlp}
reported:
  - {where: Table 1, metric: Accuracy, unit: percent, values: {linear: 90, mlp: 92.5}}
claims:
  - {method: mlp, other: linear, by: 0, metric: Accuracy, where: Table 1}
"""
MODEL = """\
import time

import torch


class Slow(torch.nn.Module):
    def forward(self, x):
        if self.training:
            time.sleep(0.04)
        return x
"""
"""So that a run takes 16 seconds on any machine: longer than signs of life are apart."""

FILES = ("table.json", "table.csv", "table.md", "table.tex", "README.md")
PATIENCE = 400
STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with two_nodes(tmp_path_factory.mktemp("slurm")) as made:
        for name in ("STATE", "CONFIG"):
            made.environment[f"XDG_{name}_HOME"] = str(made.folder / name)
        yield made


@pytest.fixture(scope="module")
def on_this_machine(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study as the local engine trains it."""
    folder = made_study(tmp_path_factory.mktemp("local"))
    done = subprocess.run(
        command(), cwd=folder.parent, env=bed.environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(autouse=True)
def ended_with_the_test() -> Iterator[None]:
    """A test that fails leaves no command behind."""
    yield
    for process in STARTED:
        process.kill()
        process.communicate()
    STARTED.clear()


def made_study(folder: Path) -> Path:
    (folder / "x").mkdir()
    (folder / "x" / "paper.yaml").write_text(SPEC)
    (folder / "x" / "model.py").write_text(MODEL)
    return folder / "x"


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "repro", "run", "x", *words]


def hear_ctrl_c() -> None:
    """A shell that starts tests in the background has them ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def submit(bed: Bed, folder: Path, *words: str, path: str = "") -> subprocess.Popen[str]:
    environment = {
        **bed.environment,
        "PATH": f"{path}{os.pathsep}{bed.environment['PATH']}" if path else os.environ["PATH"],
    }
    process = subprocess.Popen(
        command("--on", "slurm", *words),
        cwd=folder.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=hear_ctrl_c,
    )
    STARTED.append(process)
    return process


def training(folder: Path, least: int = 1) -> Callable[[], list[str]]:
    """The jobs that are past their first checkpoint, once there are so many."""

    def ids() -> list[str]:
        found = []
        for path in sorted((folder / "runs" / "live").glob("*.json")):
            try:
                claim = json.loads(path.read_text())
            except (OSError, ValueError):
                continue
            if claim["step"] >= 20:
                found.append(claim["job"].removeprefix("Slurm job "))
        return found if len(found) >= least else []

    return ids


def ended(process: subprocess.Popen[str], code: int = 0) -> str:
    said, _ = process.communicate(timeout=PATIENCE)
    STARTED.remove(process)
    assert process.returncode == code, said
    assert "Traceback" not in said
    return said


def records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((folder / "runs" / "full").glob("*.json"))]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "results" / name).read_bytes() for name in FILES}


def test_a_killed_job_and_a_drained_node_change_no_byte(bed: Bed, on_this_machine: Path, tmp_path: Path) -> None:
    folder = made_study(tmp_path)
    process = submit(bed, folder, "--time", "20")
    first = bed.wait(training(folder))[0]
    assert {"n1", "n2"} <= set(bed.jobs("%N"))
    state = bed.folder / "STATE" / "repro" / "slurm"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert list(state.rglob("*.pkl")), "submitit's files lie in the user's own folder"
    assert not list(folder.rglob("*.pkl"))
    bed.ask("scancel", "--signal=KILL", first)
    bed.ask("scontrol", "update", "nodename=n2", "state=drain", "reason=test")
    try:
        said = ended(process)
    finally:
        bed.ask("scontrol", "update", "nodename=n2", "state=resume")
    assert "8 jobs submitted to Slurm" in said
    assert "1 job submitted to Slurm" in said
    assert bytes_of(folder) == bytes_of(on_this_machine)
    made = records(folder)
    assert len(made) == 8
    assert sum(record["resumed_from"] is not None for record in made) == 1
    for one, other in zip(made, records(on_this_machine), strict=True):
        assert one["weights_sha256"] == other["weights_sha256"]
    assert not list(state.iterdir()), "what is finished with is removed"


def test_ctrl_c_leaves_the_jobs_and_the_next_command_finds_them(
    bed: Bed, on_this_machine: Path, tmp_path: Path
) -> None:
    folder = made_study(tmp_path)
    process = submit(bed, folder, "--only", "linear", "--jobs", "2")
    bed.wait(training(folder))
    process.send_signal(signal.SIGINT)
    said = ended(process, 130)
    array = bed.jobs("%F")[0]
    assert f"The jobs go on in Slurm ({array})" in said
    assert f"scancel {array}" in said
    said = ended(submit(bed, folder, "--only", "linear"))
    assert f"in Slurm already ({array})" in said
    assert "submitted to Slurm" not in said
    assert len(records(folder)) == 4
    for one, other in zip(records(folder), records(on_this_machine), strict=False):
        assert one["weights_sha256"] == other["weights_sha256"]


def test_a_run_warned_of_its_end_saves_and_goes_on_in_the_queue(
    bed: Bed, on_this_machine: Path, tmp_path: Path
) -> None:
    folder = made_study(tmp_path)
    process = submit(bed, folder, "--only", "mlp", "--seeds", "1")
    (job,) = bed.wait(training(folder))
    bed.ask("scancel", "--signal=USR1", job)
    bed.wait(lambda: "Restarts=1" in bed.ask("scontrol", "--oneliner", "show", "job", job))
    said = ended(process)
    assert said.count("submitted to Slurm") == 1, "Slurm itself had it back"
    (record,) = records(folder)
    other = next(r for r in records(on_this_machine) if r["identity"] == record["identity"])
    assert str(record["resumed_from"]).startswith("checkpoint at step")
    assert record["weights_sha256"] == other["weights_sha256"]
    assert record["predictions_sha256"] == other["predictions_sha256"]


def test_a_squeue_that_hangs_stops_nothing(bed: Bed, tmp_path: Path) -> None:
    folder = made_study(tmp_path)
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "squeue").write_text("#!/bin/sh\nexec sleep 3000\n")
    (fake / "squeue").chmod(0o755)
    process = submit(bed, folder, "--only", "linear", "--seeds", "2", path=str(fake))
    said = ended(process)
    assert said.count("submitted to Slurm") == 1
    assert len(records(folder)) == 2
