"""``repro plan`` and ``repro determinism``, seen from outside: real processes on a small study with own code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does a layer that keeps its own count matter?
dataset: {name: digits}
labels: digit
splits: {train: 600, test: 400}
architecture:
  linear: [Flatten, Linear: {out_features: classes}]
  counts: [Flatten, "model.py:Counts", Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 3}
seeds: [0, 1, 2]
baseline: linear
experiments:
  linear: {model: linear}
  counts: {model: counts, title: Counts calls}
rungs: {smoke: {training.epochs: 1, seeds: [0]}}
"""

MODEL = """
import torch

class Counts(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
    def forward(self, x):
        self.calls += self.training
        return x * (1.0 + self.calls / 10.0)
"""


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study")
    (made / "x").mkdir()
    (made / "x/paper.yaml").write_text(SPEC)
    (made / "x/model.py").write_text(MODEL)
    return made


@pytest.mark.slow
def test_plan_prints_rows_the_wall_time_and_the_command_that_fits(root: Path) -> None:
    planned = repro("plan", "x", "--run-own-code", "--budget", "10h", "training.epochs=4", cwd=root)
    assert planned.returncode == 0, planned.stderr
    lines = planned.stdout.splitlines()
    assert any(line.split()[:1] == ["linear"] and " probe " in line for line in lines)
    assert any(line.startswith("Counts calls") for line in lines)
    assert "no progress for 1 hour is ended (training.stall_limit)" in " ".join(planned.stdout.split())
    assert any(line.startswith("Wall time: about ") for line in lines)
    assert lines[-2].startswith("Within 10h fits: rung full, all seeds, about ")
    assert lines[-1] == "  repro run x --seeds 3 training.epochs=4"
    assert sorted(p.name for p in (root / "x").iterdir()) == ["model.py", "paper.yaml"], "nothing is left behind"


@pytest.mark.slow
def test_plan_as_json_for_one_experiment_and_no_time_at_all(root: Path) -> None:
    planned = repro("plan", "x", "--only", "linear", "--budget", "1s", "--json", cwd=root)
    assert planned.returncode == 0, planned.stderr
    data = json.loads(planned.stdout)
    assert [row["experiment"] for row in data["rows"]] == ["linear"]
    assert data["rows"][0]["total"] == pytest.approx(3 * data["rows"][0]["seconds"])
    assert data["wall"] > data["before"] > 0
    assert data["stall_limits"] == [], "there is no own code"
    assert [offer["rung"] for offer in data["offers"]] == ["full", "smoke"]


@pytest.mark.slow
def test_determinism_finds_the_count_that_no_checkpoint_holds(root: Path) -> None:
    found = repro("determinism", "x", "--run-own-code", "--steps", "9", "--jobs", "1", cwd=root)
    assert found.returncode == 1, found.stderr
    rows: dict[str, list[str]] = {}
    for line in found.stdout.splitlines():
        rows.setdefault(line[:12].strip(), line[12:].split())
    assert rows["linear"][:4] == ["9", "yes", "yes", "yes"]
    assert rows["Counts calls"][:4] == ["9", "yes", "NO", "yes"]
    said = " ".join(found.stdout.split())
    assert "Counts calls, resumed (stopped at step 5): weights, predictions, metrics and history differ. " in said
    assert "is in no state_dict" in said
    assert "NOT DETERMINISTIC: 1 of 2 experiments." in said
    assert sorted(p.name for p in (root / "x").rglob("*.json")) == ["determinism-full.json"]
    kept = json.loads((root / "x/runs/determinism-full.json").read_text())
    assert [f["experiment"] for f in kept["findings"]] == ["linear", "counts"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("plan", "x", "--budget", "30min"), "--budget: '30min' is no duration such as 90s, 30m, 2h or 1h30m; did you"),
        (("plan", "x", "--only", "liner"), "did you mean 'linear'"),
        (("determinism", "x", "--only", "liner"), "did you mean 'linear'"),
        (("determinism", "x", "training.epoch=1"), "did you mean 'epochs'"),
    ],
)
def test_wrong_words_exit_with_2(root: Path, args: tuple[str, ...], says: str) -> None:
    refused = repro(*args, cwd=root)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


HACK = """
from pathlib import Path

Path("executed").write_text("yes")
"""


@pytest.mark.parametrize("command", ["plan", "determinism"])
@pytest.mark.parametrize("only", [(), ("--only", "counts"), ("--json",)])
def test_own_code_is_executed_only_where_that_is_said(root: Path, tmp_path: Path, command: str, only: tuple) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/paper.yaml").write_text(SPEC)
    (tmp_path / "x/model.py").write_text(MODEL + HACK)
    refused = repro(command, "x", *only, cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr == (
        f"x/paper.yaml: repro {command} would execute model.py, code of the folder (counts), which is not done unless "
        "you say --run-own-code (only for code you trust)\n"
    )
    assert not list(tmp_path.rglob("executed"))


@pytest.mark.parametrize("command", [("plan",), ("determinism", "--steps", "2")])
def test_what_needs_no_own_code_needs_no_word_on_it(root: Path, command: tuple[str, ...]) -> None:
    assert repro(*command, "x", "--only", "linear", cwd=root).returncode == 0
