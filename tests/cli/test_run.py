"""``repro run`` and ``repro table``, seen from outside: real processes on a small study."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does a hidden layer help?
dataset: {name: digits}
labels: digit
splits: {train: 600, test: 400}
architecture:
  linear: [Flatten, Linear: {out_features: classes}]
  mlp: [Flatten, Linear: {out_features: 32}, ReLU, Linear: {out_features: classes}]
  knn: {estimator: [KNeighborsClassifier: {n_neighbors: 3}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 3}
seeds: [0, 1, 2]
baseline: linear
experiments:
  linear: {model: linear}
  mlp: {model: mlp, title: MLP}
  knn: {model: knn}
reported:
  - {where: Table 1, metric: Accuracy, unit: percent, values: {linear: 90, mlp: 92.5, knn: none}}
claims:
  - {method: mlp, other: linear, by: 0, metric: Accuracy, where: Table 1}
rungs: {smoke: {training.epochs: 1, seeds: [0]}}
"""


def repro(*args: str, cwd: Path, timeout: float = 180) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder whose study was run once, and what that printed."""
    root = tmp_path_factory.mktemp("study")
    (root / "x").mkdir()
    (root / "x/paper.yaml").write_text(SPEC)
    ran = repro("run", "x", cwd=root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == "", "no library may say anything"
    return root, ran.stdout


def records(root: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in sorted((root / "x/runs/full").glob("*.json"))}


def test_it_prints_plan_runs_claims_table_and_places(done: tuple[Path, str]) -> None:
    root, out = done
    assert "3 experiments, 7 runs" in out, "the estimator has no random part and runs once"
    assert out.count("Accuracy ") >= 7
    assert "Claims" in out
    assert "2 reported numbers" in out
    assert "records  x/runs/full" in out
    assert len(records(root)) == 7
    for name in ("table.md", "table.csv", "table.json", "table.tex", "README.md", "figures/reported.png"):
        assert (root / "x/results" / name).stat().st_size > 0


def test_nothing_is_run_twice(done: tuple[Path, str]) -> None:
    root, _ = done
    before = records(root)
    again = repro("run", "x", cwd=root)
    assert again.returncode == 0
    assert "to train" not in again.stdout
    assert records(root) == before
    assert "Claims" in again.stdout


def test_a_second_run_imports_no_torch(done: tuple[Path, str]) -> None:
    root, _ = done
    probe = (
        "import sys; sys.argv = ['repro', 'run', 'x', '--quiet']\n"
        "from repro.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('torch' in sys.modules, 'pandas' in sys.modules, 'sklearn' in sys.modules, 'lightning' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "False False False False"


@pytest.mark.slow
def test_the_same_bytes_come_out_again(done: tuple[Path, str]) -> None:
    root, _ = done
    before = {name: json.loads(text) for name, text in records(root).items()}
    forced = repro("run", "x", "--force", "--only", "mlp", "--jobs", "1", cwd=root)
    assert forced.returncode == 0, forced.stderr
    after = {name: json.loads(text) for name, text in records(root).items()}
    assert before.keys() == after.keys()
    for name in before:
        for field in ("weights_sha256", "predictions_sha256", "metrics", "history", "sealed"):
            assert before[name][field] == after[name][field], (name, field)


def test_the_json_holds_what_programs_need(done: tuple[Path, str]) -> None:
    root, _ = done
    data = json.loads(repro("table", "x", "--json", cwd=root).stdout)
    assert {"spec", "rung", "rows", "claims"} <= data.keys()
    row = next(r for r in data["rows"] if r["experiment"] == "mlp" and r["metric"].endswith("Accuracy"))
    needed = "experiment metric unit reported values seeds mean sd ci95 difference margin verdict failed_seeds"
    assert set(needed.split()) <= row.keys()
    assert row["seeds"] == [0, 1, 2]
    assert row["mean"] == pytest.approx(sum(row["values"]) / 3)
    needed = "method other metric by mean ci95 pairs agree verdict"
    assert set(needed.split()) <= data["claims"][0].keys()


@pytest.mark.parametrize(
    ("form", "sign"), [("--csv", "experiment,"), ("--markdown", "|"), ("--latex", r"\begin{tabular}")]
)
def test_the_table_has_other_forms(done: tuple[Path, str], form: str, sign: str) -> None:
    root, _ = done
    assert sign in repro("table", "x", form, cwd=root).stdout


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal(done: tuple[Path, str], width: int) -> None:
    root, _ = done
    command = [sys.executable, "-m", "repro", "table", "x"]
    out = subprocess.run(
        command, cwd=root, capture_output=True, text=True, env={**os.environ, "COLUMNS": str(width)}, check=True
    ).stdout
    shown = out.split("from the records")[0].splitlines()
    assert max(len(line) for line in shown) <= width


@pytest.mark.slow
def test_a_change_on_the_command_line_is_partial_and_keeps_the_rest(done: tuple[Path, str]) -> None:
    root, _ = done
    before = records(root)
    ran = repro("run", "x", "--only", "linear", "--seeds", "1", "training.epochs=1", cwd=root)
    assert ran.returncode == 0, ran.stderr
    assert "change training.epochs: in 3 experiments" in ran.stdout
    assert "PARTIAL" in ran.stdout
    assert "REPRODUCED" not in ran.stdout.replace("NOT REPRODUCED", "")
    after = records(root)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("x", "--only", "mpl"), "did you mean 'mlp'"),
        (("x", "--rung", "smok"), "did you mean 'smoke'"),
        (("x", "training.epochz=1"), "did you mean 'epochs'"),
        (("x", "--seeds", "two"), "--seeds"),
        (("nowhere",), "nowhere"),
    ],
)
def test_wrong_words_exit_with_2(done: tuple[Path, str], args: tuple[str, ...], says: str) -> None:
    root, _ = done
    refused = repro("run", *args, cwd=root)
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_failed_run_stops_no_other_and_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    bad = SPEC.replace("  mlp: {model: mlp, title: MLP}", "  mlp: {model: mlp, optimizer: {SGD: {lr: 1e30}}}")
    (tmp_path / "x/paper.yaml").write_text(bad)
    ran = repro("run", "x", "--rung", "smoke", cwd=tmp_path)
    assert ran.returncode == 1
    assert "mlp seed 0 FAILED: diverged at step" in ran.stdout
    assert "linear seed 0" in ran.stdout
    assert len(list((tmp_path / "x/runs/smoke").glob("*.json"))) == 3
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
def test_results_that_are_shipped_at_a_lower_rung_are_shown_at_it(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    few = "rungs: {few: {only: [linear], seeds: [0]}, "  # whose run is one of full, too
    (tmp_path / "x/paper.yaml").write_text(SPEC.replace("rungs: {", few))
    ran = repro("run", "x", "--rung", "few", "--save", "--quiet", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    shipped = (tmp_path / "x/results/table.json").read_text()
    assert json.loads(shipped)["rung"] == "few"
    again = repro("table", "x", "--from", "results", "--save", cwd=tmp_path)
    assert "at rung few, the one that they are of" in " ".join(again.stdout.split())
    assert (tmp_path / "x/results/table.json").read_text() == shipped
    assert repro("verify", "x", "--sample", "0", "--from", "results", cwd=tmp_path).returncode == 0
    for asked in (("--rung", "full", "--from", "results"), ("--from", "runs")):
        assert json.loads(repro("table", "x", *asked, "--json", cwd=tmp_path).stdout)["rung"] == "full"
    (tmp_path / "x/results/table.json").write_text("{")
    assert json.loads(repro("table", "x", "--from", "results", "--json", cwd=tmp_path).stdout)["rung"] == "full"


@pytest.mark.slow
def test_shipped_records_of_an_earlier_spec_are_named_and_no_table_is_made_without_them(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    spec, shipped = tmp_path / "x/paper.yaml", tmp_path / "x/results"
    spec.write_text(SPEC)
    ran = repro("run", "x", "--only", "linear", "--rung", "smoke", "--quiet", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    saved = repro("table", "x", "--only", "linear", "--rung", "smoke", "--save", cwd=tmp_path)
    assert saved.returncode == 0, saved.stderr
    (record,) = (shipped / "records").glob("*.json")
    before = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    spec.write_text(SPEC.replace("lr: ", "lr: 1"))
    again = repro("table", "x", "--rung", "smoke", "--from", "results", "--save", cwd=tmp_path)
    assert again.returncode == 1
    said = f"of results/records 1 record is not of the spec as it stands; nothing was saved: {record.name}: optimizer."
    assert said in again.stderr
    assert "not counted: optimizer." in " ".join(again.stdout.split())
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == before


def hear_ctrl_c() -> None:
    """A shell that starts tests in the background has them ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    long = SPEC.replace("  mlp: {model: mlp, title: MLP}", "  mlp: {model: mlp, training.epochs: 4000}")
    (tmp_path / "x/paper.yaml").write_text(long)
    command = [sys.executable, "-m", "repro", "run", "x", "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c
    ) as ran:
        deadline = time.monotonic() + 600
        while len(list((tmp_path / "x/runs/full").glob("linear*.json"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.2)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=300)
    assert ran.returncode == 130, err
    assert "The same command goes on" in out
    assert "Traceback" not in err
    assert len(list((tmp_path / "x/runs/full").glob("linear*.json"))) == 3
    assert not list((tmp_path / "x").rglob("*.tmp*"))
