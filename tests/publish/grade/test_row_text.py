"""A row in words; texts made visible; what a table and a page do with any text at all."""

import csv
import io
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.publish.grade import row_text
from repro.publish.grade.grade import clean
from repro.publish.grade.grade_page import page
from repro.publish.grade.grade_row import AnswerCounts, GradeRow, PartMark, Rerun, RunCounts
from repro.publish.grade.table_csv import to_csv
from repro.publish.grade.visible import visible

RUNS = RunCounts("full", "results", planned=15, present=14, done=12, failed=1, missing=2, stale=1, damaged=1)
PAYLOADS = [
    "=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", '"><img src=x>',
    "' onload='x", "&lt;b&gt;", "</title><h1>", "</style><script>", "javascript:alert(1)", "\x1b[2J", "\x07",
    "\u202eabc", "\u2066x\u2069", "\u200b", "a\nb", "a\r\nb", "\x00", "\udcff", "𝕏" * 400, "é" + "\u0301" * 50,
    "${7*7}", "{{7*7}}",
]  # fmt: skip


def marked(answered: int | None, thin: int | None, empty: int | None, **more: object) -> PartMark:
    return PartMark("8a", 1, "8a.1", "t", answered, thin, empty, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "state", "said"),
    [
        ((3, 0, 0), "complete", "3 of 3"),
        ((2, 1, 0), "thin", "2 of 3, 1 thin"),
        ((0, 1, 2), "thin", "0 of 3, 1 thin, 2 empty"),
        ((1, 0, 2), "thin", "1 of 3, 2 empty"),
        ((0, 0, 3), "empty", "0 of 3, 3 empty"),
        ((None, None, None), "ungraded", "ungraded"),
    ],
)
def test_a_part(counts: tuple[int | None, int | None, int | None], state: str, said: str) -> None:
    one = marked(*counts)
    assert (one.state, row_text.answered(one)) == (state, said)


def test_runs_and_who_checked_them() -> None:
    row = GradeRow("x", problems=0, runs=RUNS)
    assert row_text.runs(row) == "12 of 15 done, 1 failed, 2 missing, 1 stale, 1 damaged"
    assert row_text.rerun(row) == "by nobody"
    assert row_text.rerun(replace(row, rerun=Rerun(0, 0, 15))) == "by nobody"
    assert row_text.rerun(replace(row, rerun=Rerun(2, 0, 15))) == "2 of 15"
    assert row_text.rerun(replace(row, rerun=Rerun(1, 1, 15))) == "1 of 15, 1 wrong"
    assert row_text.rerun(GradeRow("x")) == "ungraded"
    assert row_text.runs(GradeRow("x")) == "ungraded"


def test_lateness() -> None:
    parts = (
        marked(1, 0, 0, late=0.0, came="in time"),
        replace(marked(1, 0, 0), name="8b", late=7200.0, came="2 hours late"),
    )
    assert row_text.late(GradeRow("x", parts=parts)) == "8b 2 hours"
    assert row_text.late(GradeRow("x", parts=parts[:1])) == "in time"
    assert row_text.late(GradeRow("x", parts=(marked(1, 0, 0, came="ungraded"),))) == "ungraded"
    assert row_text.late(GradeRow("x", parts=(marked(1, 0, 0),))) == ""


def test_what_has_problems() -> None:
    assert GradeRow("x").has_problems
    assert GradeRow("x", problems=1).has_problems
    assert GradeRow("x", problems=0, runs=RUNS).has_problems
    assert not GradeRow("x", problems=0, runs=replace(RUNS, damaged=0)).has_problems


def test_parts_stand_in_the_order_of_their_numbers() -> None:
    names = ["10a", "8b", "9b", "8a.10", "8a.2"]
    rows = [GradeRow("x", parts=tuple(replace(marked(1, 0, 0), name=name) for name in names))]
    assert list(row_text.slots(rows)) == ["8a.2", "8a.10", "8b", "9b", "10a"]


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_visible_text_is_one_line_of_what_can_be_seen(text: str) -> None:
    shown = visible(text)
    unseen = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert [sign for sign in shown if unicodedata.category(sign) in unseen and sign not in "\u200c\u200d"] == []
    shown.encode("utf-8")


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def elements(text: str) -> list[tuple[str, tuple[str, ...]]]:
    seen = Elements()
    seen.feed(text)
    return seen.found


def filled(text: str) -> GradeRow:
    return clean(
        GradeRow(
            f"{text}", (text,), "paper", text, 2, text,
            (PartMark("8a", 1, "8a.1", "Part", 1, 1, 1, 60.0, "1 minute late"),),
            AnswerCounts(1, 2, 3), 12, RUNS, f"failed: {text}", {"PARTIAL": 1}, {"HOLDS": 1}, Rerun(1, 0, 15),
            (text,), (text,),
        )
    )  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_text_adds_an_element_to_the_page_or_a_formula_to_the_table(payload: str) -> None:
    plain = filled("plain")
    assert elements(page(payload, [filled(payload)], [payload])) == elements(page("plain", [plain], ["plain"]))
    rows = list(csv.reader(io.StringIO(to_csv([filled(payload)]))))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])


@given(st.text(max_size=40))
def test_any_text_at_all_leaves_two_lines_of_equal_length(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv([filled(text)]))))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])
