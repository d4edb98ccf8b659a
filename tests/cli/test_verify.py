"""``repro verify``, seen from outside: real processes on a small study."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repro.runs.record import Record

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does a hidden layer help?
dataset: {name: digits}
labels: digit
splits: {train: 600, test: 400}
architecture:
  linear: [Flatten, Linear: {out_features: classes}]
  own: [Flatten, Linear: {out_features: 16}, model.py:Same, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 2}
seeds: [0, 1, 2]
baseline: linear
experiments:
  linear: {model: linear}
  own: {model: own, seeds: [0]}
rungs: {smoke: {training.epochs: 1, seeds: [0]}}
"""
OWN = """\
from pathlib import Path
from torch import nn
Path(__file__).with_name("was-run").touch()
class Same(nn.Identity):
    pass
"""


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trained")
    (root / "x").mkdir()
    (root / "x/paper.yaml").write_text(SPEC)
    (root / "x/model.py").write_text(OWN)
    ran = repro("run", "x", "--save", "--quiet", cwd=root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (root / "x/was-run").unlink()
    return root


@pytest.fixture
def root(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained / "x", tmp_path / "x")
    return tmp_path


def type_in(root: Path, source: str, name: str, accuracy: float) -> None:
    (path,) = (root / "x" / source).glob(f"{name}-*.json")
    fields = json.loads(path.read_text())
    fields["metrics"]["digit"]["test"]["values"]["Accuracy"] = accuracy
    path.write_text(Record.model_validate_json(json.dumps(fields)).sealed_with_hash().to_json())


@pytest.mark.slow
def test_an_honest_folder(root: Path) -> None:
    done = repro("verify", "x", "--sample", "2", "--seed", "4", cwd=root)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "x: the records in x/runs, runs drawn with --seed 4"
    assert sum(line.endswith(" ok") for line in lines) == 3
    said = "own seed 0 in part blindness to test items, size of the net: needs the folder's own code"
    assert said in [" ".join(line.split()).replace("not checked: ", "") for line in lines]
    assert "4 of 4 records checked (1 in part), 0 wrong; 2 of 4 trained again: bitwise equal" in lines
    assert "training 2 of 2 again: linear seed " in done.stdout
    assert not (root / "x/was-run").exists(), "nothing of the folder is executed unasked"
    assert not (root / "x/results/verified.json").exists()


@pytest.mark.slow
def test_a_typed_number_exits_with_1_and_is_named(root: Path) -> None:
    type_in(root, "results/records", "linear-seed1", 99.25)
    done = repro("verify", "x", "--from", "results", "--sample", "0", cwd=root)
    assert (done.returncode, done.stderr) == (1, ""), done.stdout + done.stderr
    assert "test/Accuracy is recorded as 99.25, the predictions give " in done.stdout
    assert "4 of 4 records checked (1 in part), 1 wrong; 0 of 4 trained again" in done.stdout
    assert repro("verify", "x", "--from", "runs", "--sample", "0", cwd=root).returncode == 0, "runs/ was left alone"


@pytest.mark.slow
def test_json_and_the_saved_file_are_the_same(root: Path) -> None:
    done = repro("verify", "x", "--json", "--save", "--run-own-code", "--sample", "9", cwd=root)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert (root / "x/results/verified.json").read_text() == done.stdout
    found = json.loads(done.stdout)
    assert found["counts"] == {
        "runs": 4, "checked": 4, "in_part": 0, "wrong": 0, "not_checked": 0, "failed_runs": 0, "no_record": 0,
        "trained_again": 4, "bitwise_equal": 4, "inside": 0, "cannot_judge": 0,
    }  # fmt: skip
    assert 0 <= found["seed"] < 2**32
    hashes = {json.loads(p.read_text())["sha256"] for p in (root / "x/runs/full").glob("*.json")}
    assert {row["sha256"] for row in found["rows"]} == {row["sha256"] for row in found["retrained"]} == hashes
    assert (root / "x/was-run").exists()
    assert repro("table", "x", "--from", "results", cwd=root).returncode == 0, "the file is in nobody's way"


@pytest.mark.slow
def test_a_selection_and_one_short_run_by_default(root: Path) -> None:
    done = repro("verify", "x", "--only", "linear", "--seeds", "1", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 records checked, 0 wrong; 1 of 1 trained again: bitwise equal" in done.stdout
    seed = done.stdout.split("--seed ")[1].split()[0]
    assert seed.isdigit()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("x", "--rung", "smoke"), "x/results/records: no records of this study at rung smoke; nothing to verify"),
        (("x", "--from", "elsewhere"), "--from: 'elsewhere' is neither runs nor results"),
        (("x", "--only", "liner"), "did you mean 'linear'"),
        (("x", "--sample", "many"), "--sample"),
    ],
)
def test_wrong_words_exit_with_2(trained: Path, args: tuple[str, ...], says: str) -> None:
    done = repro("verify", *args, cwd=trained)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr
