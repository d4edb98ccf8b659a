"""One damaged file costs what hangs on it: everything else is shown, and the file is named wherever it is."""

import io
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document_model import Paragraph, Table, plain
from repro.publish.content.report_context import ReportContext, StaleError
from repro.publish.content.results_block import results
from repro.publish.grade.grade import grade
from repro.publish.site.read_summary import read_summary
from repro.study import load


def of(folder: Path, run: str, end: str) -> Path:
    return next((folder / "results" / "records").glob(f"{run}-*{end}"))


def garbage(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".npz")
    path.write_bytes(bytes(range(256)) * 2)
    return path


def cut(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".npz")
    path.write_bytes(path.read_bytes()[:700])
    return path


def nothing(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".npz")
    path.write_bytes(b"")
    return path


def another(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".npz")
    path.write_bytes(of(folder, "cnn-seed2", ".npz").read_bytes())
    return path


def pickled(folder: Path) -> Path:
    path, made = of(folder, "cnn-seed1", ".npz"), io.BytesIO()
    np.savez(made, **{"digit.test.predicted": np.array([{"a": 1}], dtype=object)})
    path.write_bytes(made.getvalue())
    return path


def plain_pickle(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".npz")
    path.write_bytes(pickle.dumps([1, 2]))
    return path


def half_a_record(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".json")
    path.write_text(path.read_text()[:300])
    return path


def edited(folder: Path) -> Path:
    path = of(folder, "cnn-seed1", ".json")
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 7'))
    return path


PREDICTIONS = (garbage, cut, nothing, another, pickled, plain_pickle)


def rows_of(subject: ReportContext) -> list[str]:
    tables = [one for one in results(subject) if isinstance(one, Table) and "Accuracy" in one.caption]
    return [" ".join(map(plain, row.cells)) for table in tables for row in table.rows]


def lines_of(subject: ReportContext) -> str:
    return "\n".join(plain(one.text) for one in results(subject) if isinstance(one, Paragraph))


@pytest.mark.parametrize("spoil", PREDICTIONS)
def test_damaged_predictions_leave_all_rows_and_are_named(own: Path, subject_of, spoil: Callable[[Path], Path]) -> None:
    before = rows_of(subject_of(own))
    path = spoil(own)
    subject = subject_of(own)
    subject.check()
    assert rows_of(subject) == before
    assert [one.path for one in subject.damage] == [path]
    said = f"results/records/{path.name}: predictions not counted: "
    assert said in lines_of(subject)
    assert sum(said in warning for warning in load(own).results().warnings) == 1
    row = grade(own, "own", load_course())
    assert row.runs is not None
    assert (row.runs.done, row.runs.damaged) == (40, 1)
    assert [line for line in row.look if path.name in line]
    assert row.has_problems


@pytest.mark.parametrize("spoil", [garbage, half_a_record, edited])
def test_the_site_shows_the_card_and_names_the_file(own: Path, spoil: Callable[[Path], Path]) -> None:
    path = spoil(own)
    seen = read_summary(own, "own", (), load_course())
    assert not seen.problem
    assert seen.state in ("run", "partly run")
    assert len(seen.dots) > 5
    assert path.name in seen.page


def test_a_broken_record_costs_its_run_and_an_edited_one_is_refused(own: Path, subject_of) -> None:
    path = half_a_record(own)
    subject = subject_of(own)
    subject.check()
    cnn = next(row for row in rows_of(subject) if row.startswith("CNN 94"))
    assert " 4 " in cnn  # four of five runs
    assert f"results/records/{path.name}: not counted: " in lines_of(subject)
    other = of(own, "gru-seed2", ".json")
    content = json.loads(other.read_text())
    content["seed"] = 9
    other.write_text(json.dumps(content))
    with pytest.raises(StaleError, match=other.name):
        subject_of(own).check()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["report", "slides", "post", "table"])
def test_the_commands_go_on_name_it_and_end_with_1(own: Path, command: str) -> None:
    path = garbage(own)
    asked = [sys.executable, "-m", "repro", command, str(own)]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=own.parent)
    assert done.returncode == 1
    assert path.name in done.stderr
    assert "Traceback" not in done.stderr
    assert command == "table" or list((own / "handin").iterdir())
