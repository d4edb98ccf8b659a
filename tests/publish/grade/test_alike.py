"""Folders that hold the same records: both rows say so, in the same words, and neither is accused."""

import shutil
from pathlib import Path

import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.grade.grade import grade
from repro.publish.grade.grade_all import with_shared_records
from repro.publish.grade.grade_row import GradeRow
from repro.publish.site.index_page import index_main
from repro.publish.site.labels import shared_record_notes
from repro.publish.site.study_summary import StudySummary
from repro.results.same_records import same_records

SHIPPED = Path(__file__).parents[3] / "papers" / "mnist1d"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[GradeRow]:
    """Ben's folder is a copy of Ada's with another name, Cy's holds two of her records, Dan's none."""
    home = tmp_path_factory.mktemp("class")
    for name, pattern in (("ada", "*.json"), ("ben", "*.json"), ("cy", "cnn-seed[01]-*.json"), ("dan", "nothing")):
        (home / name / "results" / "records").mkdir(parents=True)
        shutil.copy(SHIPPED / "paper.yaml", home / name)
        for path in (SHIPPED / "results" / "records").glob(pattern):
            shutil.copy(path, home / name / "results" / "records")
    text = (home / "ben" / "paper.yaml").read_text()
    (home / "ben" / "paper.yaml").write_text(text.replace("title: Scaling down", "title: My own scaling down"))
    return with_shared_records([grade(home / name, name, load_course()) for name in ("ada", "ben", "cy", "dan")])


def test_grade_says_it_to_all_who_hold_them_in_the_same_words(rows: list[GradeRow]) -> None:
    said = [[line for line in row.look if "hold the same" in line] for row in rows]
    two = "ada, ben and cy hold the same 2 records: equal numbers, machine and times"
    others = "ada and ben hold the same 38 records: equal numbers, machine and times"
    assert [sorted(lines) for lines in said] == [sorted([two, others]), sorted([two, others]), [two], []]
    assert not any("cop" in line for lines in said for line in lines)


def test_the_site_says_what_grade_says(rows: list[GradeRow]) -> None:
    seen = [StudySummary(row.folder, state="run", kind="paper", traces=row.traces) for row in rows]
    assert [set(lines) for lines in shared_record_notes(seen)] == [
        {line for line in row.look if "hold the same" in line} for row in rows
    ]
    page = index_main("Class", [(one, f"folders/{one.shown}.html") for one in seen], {})
    assert page.count("ada and ben hold the same 38 records") == 2
    assert page.count("ada, ben and cy hold the same 2 records") == 3


def test_one_record_and_names_that_are_alike() -> None:
    said = same_records({"a": ["x", "x"], "b": ["x"], "c": []})
    assert said["a"] == said["b"] == ("a and b hold the same record: equal numbers, machine and times",)
    assert said["c"] == ()


def test_the_first_page_counts_what_cannot_be_read_by_what_its_cards_say() -> None:
    studies = [
        StudySummary("ada", kind="paper", state="run"),
        StudySummary("ben", kind="paper", problem="paper.yaml:3: no such word"),
        StudySummary("cy", problem="no paper.yaml or proposal.yaml in this folder"),
        StudySummary("dan", kind="proposal", state="not run"),
    ]
    page = index_main("Class", [(one, f"{one.shown}.html") for one in studies], {})
    assert "<p>1 paper and 1 proposal and 2 that cannot be read</p>" in page
    assert page.count('data-state="not shown"') == 2
