"""Own data that change under finished records: they are stale, the same command trains again, old parts stay."""

import csv
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from repro.cli.main import app
from repro.data.frozen_splits import CARRIED, load_frozen
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import RunOptions, RunRefused, run_plan
from repro.runs.status import status
from repro.spec.load import load_spec
from repro.study import Study

SPEC = """paper: {{title: Two tones, authors: [A B], year: 2024}}
question: Are two tones told apart?
dataset: {dataset}
labels: {labels}
splits: {splits}
features: {features}
architecture:
  flat: [Flatten, Linear: {{out_features: classes}}]
optimizer: {{Adam: {{lr: 1e-2}}}}
loss: CrossEntropyLoss
metric: Accuracy
training: {{batch_size: 8, epochs: 1, order: shuffled, select: last}}
seeds: [0, 1]
baseline: flat
experiments:
  flat: {{model: flat}}
reported:
  - {{where: "Table 1", metric: Accuracy, unit: percent, values: {{flat: 50}}}}
sources: {{guess: [architecture, optimizer, training, seeds]}}
"""
FOLDER = '{folder: recordings, manifest: items.csv, why: "Made for a test."}'
SHARES = "{train: 0.5, validation: 0.25, test: 0.25, group: none, why: tones}"
RATE, SECONDS = 8000, 0.05


def tone(path: Path, hertz: float, seed: int = 0) -> None:
    noise = np.random.default_rng(seed).standard_normal(int(RATE * SECONDS))
    at = np.arange(len(noise)) / RATE
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, (0.3 * np.sin(2 * np.pi * hertz * at) + 0.02 * noise).astype(np.float32), RATE)


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "items.csv").read_text().splitlines()))


def write_rows(folder: Path, rows: list[dict[str, str]]) -> None:
    with (folder / "items.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve recordings of each of two tones by six speakers, in a table whose order is not that of names."""
    folder = tmp_path / "study"
    rows = []
    for number in range(12):
        for hertz, label in ((400, "low"), (1500, "high")):
            tone(folder / "recordings" / f"{label}{number:02}.wav", hertz + number, seed=hertz + number)
            rows.append({"path": f"{label}{number:02}.wav", "label": label, "speaker": f"s{number % 6}"})
    write_rows(folder, rows)
    write_spec(folder)
    return folder


def write_spec(folder: Path, *, dataset: str = FOLDER, labels: str = "label", splits: str = SHARES) -> None:
    features = "[ToMono, PadOrCrop: {seconds: 0.05}]" if "folder" in dataset else "[]"
    text = SPEC.format(dataset=dataset, labels=labels, splits=splits, features=features)
    (folder / "paper.yaml").write_text(text.replace("features: []\n", ""))


def relabelled(folder: Path) -> None:
    rows = rows_of(folder)
    for row in rows[:12]:
        row["label"] = {"low": "high", "high": "low"}[row["label"]]
    write_rows(folder, rows)


def other_file(folder: Path) -> None:
    tone(folder / "recordings" / "low03.wav", 2000, seed=77)


def added(folder: Path) -> None:
    rows = rows_of(folder)
    for number in range(12, 15):
        tone(folder / "recordings" / f"low{number}.wav", 500 + number, seed=number)
        rows.append({"path": f"low{number}.wav", "label": "low", "speaker": "s9"})
    write_rows(folder, rows)


def removed(folder: Path) -> None:
    (folder / "recordings" / "high05.wav").unlink()
    write_rows(folder, [row for row in rows_of(folder) if row["path"] != "high05.wav"])


def other_groups(folder: Path) -> None:
    rows = rows_of(folder)
    rows[0]["speaker"] = rows[3]["speaker"] = "s9"
    write_rows(folder, rows)


def same_size_and_time(folder: Path) -> None:
    """As ``cp -p`` would: the size and the time of change are those of the file before."""
    path = folder / "recordings" / "low03.wav"
    before = path.stat()
    other_file(folder)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def trained(folder: Path, engine, *, seeds=1, notes=None, force=False):
    study = Study(load_spec(folder), seeds=seeds)
    study.train(engine=engine, force=force, on_event=notes.append if notes is not None else lambda event: None)
    return Ledger(folder, "runs").of(study.plan)


def states(folder: Path, seeds: int = 1) -> tuple[list[str], list[str]]:
    study = Study(load_spec(folder), seeds=seeds)
    study.look()
    found = status(study.plan)
    return [one.state for one in found.runs], [one.why for one in found.stale]


CHANGES = {
    relabelled: "12 labelled otherwise",
    other_file: "1 replaced by others of the same name",
    added: "3 new",
    removed: "1 gone",
    other_groups: "2 labelled otherwise, or have another cell",
    same_size_and_time: "1 replaced by others of the same name",
}


@pytest.mark.parametrize("change", CHANGES)
def test_records_of_other_data_are_stale_and_the_same_command_trains_them_again(folder, engine, change):
    splits = SHARES if change is not other_groups else "{train: 0.5, validation: 0.25, test: 0.25, group: speaker}"
    write_spec(folder, splits=splits)
    (before,) = trained(folder, engine)
    assert states(folder) == (["done"], [])
    change(folder)
    assert states(folder)[0] == ["missing"]
    (why,) = states(folder)[1]
    assert why.startswith("its data have changed since: recordings/: of its items ")
    assert CHANGES[change] in why
    said = CliRunner().invoke(app, ["table", str(folder), "--seeds", "1"]).output
    assert "its data have changed since" in " ".join(said.split())
    (after,) = trained(folder, engine)
    assert after.identity == before.identity
    assert after.data_sha256 != before.data_sha256
    assert states(folder) == (["done"], [])
    first, second = trained(folder, engine, seeds=2)
    assert first == after
    assert (second.data_sha256, second.splits_sha256) == (first.data_sha256, first.splits_sha256)


@pytest.mark.parametrize("by_class", [True, False])
def test_another_order_of_the_rows_changes_nothing(folder, engine, by_class):
    (before,) = trained(folder, engine)
    rows = rows_of(folder)
    if by_class:
        rows.sort(key=lambda row: row["label"])
    else:
        random.Random(3).shuffle(rows)
    write_rows(folder, rows)
    assert states(folder) == (["done"], [])
    assert trained(folder, engine, seeds=2)[0] == before
    assert trained(folder, engine, force=True)[0].weights_sha256 == before.weights_sha256


def parts_of(folder: Path) -> dict[str, set[str]]:
    """Names of the files in each part, by the one frozen split."""
    (path,) = (folder / "runs" / "splits").glob("recordings-*.json")
    split, _ = load_frozen(path)
    names = sorted(row["path"] for row in rows_of(folder))
    return {part: {names[row] for row in rows} for part, rows in split.parts.items()}


@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("change", [relabelled, added, removed, other_file])
def test_items_that_are_the_same_stay_in_their_parts(folder, engine, change, force):
    trained(folder, engine)
    before = parts_of(folder)
    change(folder)
    trained(folder, engine, force=force)
    after = parts_of(folder)
    gone = {"high05.wav"} if change is removed else set()
    for part, names in before.items():
        assert names - gone <= after[part]
    assert sum(map(len, after.values())) == len(rows_of(folder))
    assert len(list((folder / "runs" / "splits" / "before").glob("*.json"))) == 1


def test_a_group_that_grows_together_is_in_one_part(folder, engine):
    write_spec(folder, splits="{train: 0.5, validation: 0.25, test: 0.25, group: speaker}")
    trained(folder, engine)
    before = parts_of(folder)
    rows = rows_of(folder)
    speaker = {row["path"]: row["speaker"] for row in rows}
    test, train = (next(iter(sorted(before[part]))) for part in ("test", "train"))
    for row in rows:  # they were one person all along
        row["speaker"] = speaker[train] if row["speaker"] == speaker[test] else row["speaker"]
    write_rows(folder, rows)
    trained(folder, engine)
    after = parts_of(folder)
    homes = {row["speaker"]: {part for part, names in after.items() if row["path"] in names} for row in rows}
    for row in rows:
        homes[row["speaker"]] |= {part for part, names in after.items() if row["path"] in names}
    assert all(len(parts) == 1 for parts in homes.values())
    moved = speaker[train], speaker[test]
    for part, names in before.items():
        assert {name for name in names if speaker[name] not in moved} <= after[part]


def test_folds_keep_their_items_and_still_test_each_once(folder, engine):
    write_spec(folder, splits="{folds: 3, validation: next, group: none, why: tones}")
    trained(folder, engine)
    before = folds_of(folder)
    added(folder)
    trained(folder, engine)
    after = folds_of(folder)
    assert all(names <= after[fold] for fold, names in before.items())
    assert sorted(name for names in after.values() for name in names) == sorted(r["path"] for r in rows_of(folder))


def folds_of(folder: Path) -> dict[int, set[str]]:
    names = sorted(row["path"] for row in rows_of(folder))
    found = {}
    for path in (folder / "runs" / "splits").glob("recordings-*.json"):
        split, _ = load_frozen(path)
        found[split.how["fold"]] = {names[row] for row in split.parts["test"]}
    return found


def test_the_carried_split_goes_with_the_saved_records(folder, engine):
    trained(folder, engine)
    added(folder)
    (record,) = trained(folder, engine)
    (path,) = (folder / "runs" / "splits").glob("recordings-*.json")
    assert CARRIED in load_frozen(path)[0].how
    assert Study(load_spec(folder), seeds=1).save() == 1
    shutil.rmtree(folder / "runs")
    study = Study(load_spec(folder), seeds=1)
    assert study.data("flat", 0).data.splits_sha256 == record.splits_sha256


def test_where_the_data_are_not_at_hand_the_table_says_so_once(folder, engine):
    trained(folder, engine)
    (folder / "recordings").rename(folder / "elsewhere")
    said = CliRunner().invoke(app, ["table", str(folder), "--seeds", "1"]).output
    assert said.count("the data in recordings/ are not here") == 1
    assert "not counted" not in said


DATA = """import numpy as np

class Tones:
    axes = "C T"
    rate = 8000

    def __init__(self):
        rng = np.random.default_rng(0)
        self.values = rng.standard_normal((24, 1, 40)).astype(np.float32)
        self.columns = {"label": np.array(["low", "high"] * 12)}
"""


def test_an_own_data_set_whose_code_changed_is_trained_again_on_old_parts(folder, engine):
    write_spec(folder, dataset='{name: "data.py:Tones", why: "Made."}')
    (folder / "data.py").write_text(DATA)
    (before,) = trained(folder, engine)
    (path,) = (folder / "runs" / "splits").glob("data.py-*.json")
    first, _ = load_frozen(path)
    (folder / "data.py").write_text(DATA.replace("24, 1, 40", "26, 1, 40").replace("* 12", "* 13"))
    assert states(folder)[0] == ["missing"]
    (after,) = trained(folder, engine)
    second, data = load_frozen(path)
    assert (after.data_sha256, after.splits_sha256) == (data, second.sha256)
    assert after.data_sha256 != before.data_sha256
    assert all(set(rows) <= set(second.parts[part]) for part, rows in first.parts.items())


def test_data_that_are_nobodys_own_are_only_divided_anew_by_force(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("a")), seeds=[0])
    run_plan(plan, engine=engine)
    (frozen,) = (plan.spec.folder / "runs" / "splits").glob("digits-*.json")
    whole = json.loads(frozen.read_text())
    frozen.write_text(json.dumps(whole | {"data_sha256": "0" * 64}))
    two = make_plan(plan.spec, seeds=[0, 1])
    with pytest.raises(RunRefused, match=r"digits is not yours to change.*--force"):
        run_plan(two, engine=engine)
    run_plan(two, engine=engine, how=RunOptions(force=True))
    assert load_frozen(frozen)[1] != "0" * 64
    assert len(list((frozen.parent / "before").iterdir())) == 1
