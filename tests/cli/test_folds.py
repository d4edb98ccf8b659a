"""A study by folds and groups on own data, seen from outside: real processes, from the check to the verdict."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DATA = '''\
import numpy as np


class Voices:
    """96 sounds of six speakers, each of whom comes twice; three folds of two speakers."""

    groups = {"speaker": 6}
    folds = 3

    def __init__(self, parted: bool = False) -> None:
        random = np.random.default_rng(0)
        speaker = np.repeat(np.arange(6), 16)
        kind = np.tile([0, 1], 48)
        means = np.where(kind[:, None] == 0, 1.0, -1.0) + random.normal(size=(6, 4))[speaker]
        self.values = (means + random.normal(size=(96, 4))).astype(np.float32)
        self.axes = "F"
        fold = np.arange(96) % 3 + 1 if parted else speaker // 2 + 1
        names = np.array(["ann", "bob", "cat", "dan", "eve", "fay"])
        session = np.array([f"{names[s]}-{n % 16 // 8}" for n, s in enumerate(speaker)])
        self.columns = {"kind": kind, "speaker": names[speaker], "session": session, "fold": fold}
'''
SPEC = """\
paper: {title: Voices, authors: [A. Student], year: 2024}
question: Is a new speaker understood?
dataset: {name: data.py:Voices, parted: false}
labels: kind
splits: {folds: official, group: speaker, validation: next}
architecture:
  net: [Linear: {out_features: 8}, ReLU, Linear: {out_features: classes}]
  near: {estimator: [StandardScaler, KNeighborsClassifier: {n_neighbors: 3}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: {accuracy: Accuracy}
training: {batch_size: 16, steps: 20}
seeds: [0, 1]
baseline: near
experiments:
  near: {model: near}
  net: {model: net}
reported:
  - where: Table 1
    metric: accuracy
    unit: percent
    selection: last
    values: {near: {value: 72.7, folds: [60.0, 78.0, 80.0]}, net: 75.0}
rungs: {smoke: {splits.only: [2], seeds: [0]}}
"""


SPLITS = "{folds: official, group: speaker, validation: next}"


def with_splits(splits: str) -> str:
    """The study with other splits, and without the rung that chooses a fold."""
    return SPEC.replace(SPLITS, splits).partition("rungs:")[0]


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "repro", *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def write(root: Path, spec: str = SPEC) -> Path:
    (root / "x").mkdir()
    (root / "x/paper.yaml").write_text(spec)
    (root / "x/data.py").write_text(DATA)
    return root


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("folds"))
    ran = repro("run", "x", "--jobs", "1", cwd=root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return root


def records(root: Path, rung: str = "full") -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted((root / "x/runs" / rung).glob("*.json"))]


def test_one_run_for_each_experiment_seed_and_fold_and_one_frozen_split_for_each_fold(trained):
    made = records(trained)
    runs = {(r["experiment"], r["seed"], r["fold"]) for r in made}
    wanted = {("near", 0, fold) for fold in (1, 2, 3)} | {("net", s, fold) for s in (0, 1) for fold in (1, 2, 3)}
    assert runs == wanted
    assert len(made) == len(wanted)
    splits = {fold: {r["splits_sha256"] for r in made if r["fold"] == fold} for fold in (1, 2, 3)}
    assert [len(hashes) for hashes in splits.values()] == [1, 1, 1]
    frozen = [json.loads(p.read_text()) for p in (trained / "x/runs/splits").glob("data.py-Voices*.json")]
    assert {f["sha256"] for f in frozen} == set.union(*splits.values())
    assert {r["metrics"]["kind"][part]["n"] for r in made for part in ("train", "validation", "test")} == {32}
    checks = made[0]["gate"]["checks"]
    assert checks["shared-groups"]["state"] == checks["fold-reuse"]["state"] == "ok"


def test_status_and_table_know_folds(trained):
    said = json.loads(repro("status", "x", "--json", cwd=trained).stdout)
    runs = said[0]["runs"] if isinstance(said, list) else said["runs"]
    assert sorted((r["experiment"], r["seed"], r["fold"]) for r in runs if r["state"] == "done")[:2] == [
        ("near", 0, 1),
        ("near", 0, 2),
    ]
    assert len(runs) == 9
    table = repro("table", "x", "--json", cwd=trained)
    rows = {row["experiment"]: row for row in json.loads(table.stdout)["rows"]}
    made = records(trained)
    for name, seeds in (("near", [0]), ("net", [0, 1])):
        for seed, value in zip(seeds, rows[name]["values"], strict=True):
            of = [r for r in made if (r["experiment"], r["seed"]) == (name, seed)]
            accuracies = [r["metrics"]["kind"]["test"]["values"]["accuracy"] for r in of]
            assert value == pytest.approx(sum(accuracies) / 3)  # equal folds: all items count the same


@pytest.mark.slow
def test_verify_works_out_every_fold_again(trained):
    checked = repro("verify", "x", "--run-own-code", "--sample", "1", "--seed", "0", "--json", cwd=trained)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    said = json.loads(checked.stdout)
    study = said[0] if isinstance(said, list) else said
    assert {row["state"] for row in study["rows"]} == {"ok"}
    assert len(study["rows"]) == 9


def test_a_rung_may_run_one_fold(trained):
    ran = repro("run", "x", "--rung", "smoke", cwd=trained)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "PARTIAL" in ran.stdout
    shared = {r["identity"] for r in records(trained)}
    status = json.loads(repro("status", "x", "--rung", "smoke", "--json", cwd=trained).stdout)
    runs = status[0]["runs"] if isinstance(status, list) else status["runs"]
    assert {(r["fold"], r["seed"], r["state"]) for r in runs} == {(2, 0, "done")}
    assert {r["identity"] for r in records(trained, "smoke")} <= shared  # the same run, found again at another rung


@pytest.mark.slow
def test_plan_counts_folds_and_determinism_trains_one_of_them(trained):
    planned = repro("plan", "x", "--json", "--run-own-code", cwd=trained)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    study = json.loads(planned.stdout)
    rows = (study[0] if isinstance(study, list) else study)["rows"]
    assert {row["experiment"]: row["runs"] for row in rows} == {"near": 3, "net": 6}
    found = repro("determinism", "x", "--only", "net", "--steps", "10", "--run-own-code", cwd=trained)
    assert found.returncode == 0, found.stdout + found.stderr


PARTED = SPEC.replace("parted: false", "parted: true")


@pytest.mark.slow
def test_a_failing_gate_stops_the_run_and_names_the_speakers(tmp_path):
    ran = repro("run", "x", cwd=write(tmp_path, PARTED))
    assert ran.returncode == 1
    assert "ann" in ran.stdout + ran.stderr
    assert "speaker" in ran.stdout + ran.stderr
    assert not records(tmp_path)


@pytest.mark.slow
def test_a_waiver_lets_it_go_on_and_the_verdict_is_invalid(tmp_path):
    waived = PARTED.replace("validation: next}", 'validation: next, waiver: "to show what a leak is worth"}')
    ran = repro("run", "x", "--only", "near", cwd=write(tmp_path, waived))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "INVALID" in ran.stdout
    assert "to show what a leak is worth" in " ".join(ran.stdout.split())
    assert "speaker" in ran.stdout
    assert {r["gate"]["waiver"] for r in records(tmp_path)} == {"to show what a leak is worth"}


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        ("{folds: official, group: none, validation: next}", "`group: none` needs a reason"),
        ("{train: 0.7, test: 0.3}", "5:9: splits.group: is missing: items of this class are tied together by speaker"),
        ("{folds: official, validation: 0.1}", "splits.group: is missing"),
        ("{folds: leave-one-out, group: session}", 'in the body of its class how many there are, groups = {"session"'),
        ("{folds: official, group: speaker, only: [4]}", "splits.only: there are 3 folds, no fold 4"),
        ("{folds: 2, group: speaker, validation: next}", "with two folds nothing is left to train on"),
    ],
)
def test_what_is_known_before_the_data_are_read_is_said_at_its_line(tmp_path, splits, said):
    from repro.spec.load import load_spec
    from repro.spec.problem import SpecError

    folder = write(tmp_path, with_splits(splits)) / "x"
    with pytest.raises(SpecError) as caught:
        load_spec(folder)
    assert said in "\n".join(map(str, caught.value.problems))


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        ("{folds: {speaker: [[ann, bob], [cat]]}}", "splits.folds: 48 items of data.py:Voices are in no fold"),
        ("{folds: 3, group: singer}", "splits.group: data.py:Voices has no column 'singer'"),
        ("{test: {speaker: [gus]}, train: rest, group: speaker}", "splits.test: no item has speaker 'gus'"),
    ],
)
def test_what_only_the_data_tell_is_said_at_its_line_too(tmp_path, splits, said):
    from repro.data.data_error import DataError
    from repro.data.prepare import prepare
    from repro.runs.make_plan import make_plan
    from repro.spec.load import load_spec

    folder = write(tmp_path, with_splits(splits)) / "x"
    run = make_plan(load_spec(folder)).runs[0]
    with pytest.raises(DataError) as caught:
        prepare(run.experiment, seed=0, folder=folder, fold=run.fold)
    assert said in str(caught.value)
    assert "paper.yaml:5:9: " in str(caught.value)


def test_groups_that_own_data_tell_only_when_read_need_a_word_too(tmp_path):
    from repro.data.data_error import DataError
    from repro.data.prepare import prepare
    from repro.spec.load import load_spec

    folder = write(tmp_path, with_splits("{train: 0.7, test: 0.3}"))
    text = DATA.replace('    groups = {"speaker": 6}\n', "")
    text = text.replace('        self.axes = "F"', '        self.axes, self.groups = "F", "speaker"')
    (folder / "x/data.py").write_text(text)
    experiment = load_spec(folder / "x").experiments["net"]
    with pytest.raises(DataError, match=r"paper.yaml:5:9: splits.group: items of data.py:Voices are tied together"):
        prepare(experiment, seed=0, folder=folder / "x")
