"""Results are never lost or renamed in silence: spec changed, folder renamed, record edited."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from repro.cli.main import app
from repro.publish.grade.grade_row import Rerun
from repro.publish.grade.rerun import rerun
from repro.runs.ledger import Ledger
from repro.runs.record import Record
from repro.spec.load import load_spec
from repro.study import Study

SPEC = """paper: {title: Digits, authors: [A B], year: 2024}
question: Can it be told?
dataset: digits
labels: digit
splits: {from: all, train: 200, test: 100}
architecture:
  flat: [Flatten, Linear: {out_features: classes}]
  small: [Flatten, Linear: {out_features: 8}, ReLU, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 4, select: last}
seeds: [0, 1]
baseline: flat
experiments:
  flat: {model: flat}
  small: {model: small}
reported:
  - {where: "Table 1", metric: Accuracy, unit: percent, values: {flat: 50, small: 60}}
sources: {guess: [architecture, optimizer, training, seeds]}
"""


@pytest.fixture
def folder(tmp_path: Path, engine) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC)
    Study(load_spec(folder)).train(engine=engine)
    return folder


def command(*words: str | Path) -> tuple[int, str]:
    """Exit code and all that was printed, in one line."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, " ".join(f"{done.output} {done.exception or ''}".split())


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed(folder: Path, old: str, new: str) -> None:
    path = folder / "paper.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


CHANGES = {
    "all": ("lr: 1e-2", "lr: 2e-2", "optimizer.lr was 0.01, is 0.02"),
    "one": ("out_features: 8", "out_features: 9", "out_features was 8, is 9"),
    "seeds": ("seeds: [0, 1]", "seeds: [0, 7]", ""),
}


@pytest.mark.parametrize("with_records", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_spec_saves_nothing_and_names_what_changed(folder, change, with_records):
    study = Study(load_spec(folder))
    if with_records:
        assert command("table", folder, "--save")[0] == 0
    else:
        study.write(study.results("runs"), folder / "results", source="runs")  # as repro run leaves a table
    before = files(folder / "results")
    old, new, why = CHANGES[change]
    changed(folder, old, new)
    code, said = command("table", folder, "--save")
    assert code == 1
    assert "nothing was saved" in said
    assert why in said
    assert files(folder / "results") == before


def test_a_table_of_no_run_is_shown_and_not_saved(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC)
    code, said = command("table", folder)
    assert code == 0
    assert "no run of it is done yet; repro run trains them" in said
    assert "from the records" not in said
    code, said = command("table", folder, "--save")
    assert code == 1
    assert "study: nothing was saved: no run of it is done yet" in said
    assert not (folder / "results").exists()


@pytest.mark.parametrize("words", [("--only", "flat"), ("--seeds", "1")])
def test_a_part_does_not_take_the_place_of_all(folder, words):
    assert command("table", folder, "--save")[0] == 0
    before = files(folder / "results")
    code, said = command("table", folder, "--save", *words)
    assert code == 1
    assert "nothing was saved: results/ would lose" in said
    assert files(folder / "results") == before


def test_what_has_records_is_saved_again_also_under_other_names_and_promises(folder):
    assert command("table", folder, "--save")[0] == 0
    changed(folder, "small: 60", "small: 70")
    changed(folder, "  small: {model: small}", "  tiny: {model: small}")
    changed(folder, "small: 70", "tiny: 70")
    code, said = command("table", folder, "--save")
    assert code == 0, said
    table = json.loads((folder / "results/table.json").read_text())
    assert {row["experiment"] for row in table["rows"] if row["seeds"]} == {"flat", "tiny"}
    assert len(list((folder / "results/records").glob("*.json"))) == 4


def test_a_renamed_folder_and_experiment_keep_the_records_as_they_were_sealed(folder):
    sealed = {record.sha256 for record in Ledger(folder, "runs").records}
    new = folder.rename(folder.parent / "renamed")
    changed(new, "  small: {model: small}", "  tiny: {model: small}")
    changed(new, "small: 60", "tiny: 60")
    study = Study(load_spec(new))
    shown = Ledger(new, "runs").of(study.plan)
    assert {record.experiment for record in shown} == {"flat", "tiny"}
    assert {record.spec for record in shown} == {study.spec.name}
    assert {record.sha256 for record in shown} == sealed
    assert all(record.is_intact() for record in shown)
    assert study.save() == 4
    saved = [Record.from_json(path.read_text()) for path in (new / "results/records").glob("*.json")]
    assert {record.sha256 for record in saved} == sealed
    assert all(record.is_intact() for record in saved)
    assert {record.experiment for record in saved} == {"flat", "small"}, "as it was called when it was trained"


def test_the_report_of_a_renamed_folder_names_hashes_that_its_files_have(folder):
    new = folder.rename(folder.parent / "renamed")
    assert command("report", new, "-o", new / "out")[0] == 0
    (made,) = (new / "out").rglob("*.html")
    page = made.read_text()
    for path in (new / "runs" / "full").glob("*.json"):
        assert json.loads(path.read_text())["sha256"][:12] in page


def test_what_was_verified_of_a_renamed_folder_counts(folder):
    assert command("verify", folder, "--sample", "1", "--seed", "3", "--save")[0] == 0
    new = folder.rename(folder.parent / "renamed")
    study = Study(load_spec(new))
    study.save()
    hashes = {record.sha256 for record in Ledger(new, "results").records}
    found = rerun(new, hashes, len(study.plan.runs))
    assert found == Rerun(again=1, wrong=0, planned=4), found
    assert rerun(new, hashes - {judged(new)}, 4) == Rerun(again=0, wrong=0, planned=4), "of other records nothing"


def judged(folder: Path) -> str:
    """The hash of the one record that was trained again."""
    (again,) = json.loads((folder / "results" / "verified.json").read_text())["retrained"]
    return str(again["sha256"])


def edited(folder: Path, *, which: int | None = 0, place: str = "runs/full") -> list[Path]:
    """Another accuracy typed into one record, or into all."""
    paths = sorted((folder / place).glob("*.json"))
    for path in paths if which is None else [paths[which]]:
        whole = json.loads(path.read_text())
        next(iter(whole["metrics"].values()))["test"]["values"]["Accuracy"] = 99.0
        path.write_text(json.dumps(whole))
    return paths if which is None else [paths[which]]


@pytest.mark.parametrize("which", [0, None])
@pytest.mark.parametrize("place", ["runs/full", "results/records"])
@pytest.mark.parametrize("words", [("grade",), ("table",), ("status",), ("report",), ("verify", "--sample", "0")])
def test_an_edited_record_is_named_everywhere(folder, which, place, words, tmp_path):
    if place != "runs/full":
        Study(load_spec(folder)).save()
        for path in (folder / "runs" / "full").glob("*"):
            if path.is_file():
                path.unlink()
    paths = edited(folder, which=which, place=place)
    name, *rest = words
    out = ("-o", str(tmp_path / "out")) if name in ("grade", "report") else ()
    code, said = command(name, folder, *rest, *out)
    if name == "grade":
        said += " " + (tmp_path / "out" / "grades.html").read_text()
    assert code == (0 if name == "status" else 1), said
    assert "its sha256 is not that of its content" in said
    assert any(path.name in said or path.stem.rpartition("-")[0].replace("-seed", " seed ") in said for path in paths)
