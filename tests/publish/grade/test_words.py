"""A row in words; texts made visible; what a table and a page do with any text at all."""

import csv
import io
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.publish.grade import words
from repro.publish.grade.grade import clean
from repro.publish.grade.page import page
from repro.publish.grade.row import Counts, Marked, Rerun, Row, Runs
from repro.publish.grade.table_csv import to_csv
from repro.publish.grade.visible import visible

RUNS = Runs("full", "results", planned=15, present=14, done=12, failed=1, missing=2, stale=1, damaged=1)
PAYLOADS = [
    "=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", '"><img src=x>',
    "' onload='x", "&lt;b&gt;", "</title><h1>", "</style><script>", "javascript:alert(1)", "\x1b[2J", "\x07",
    "\u202eabc", "\u2066x\u2069", "\u200b", "a\nb", "a\r\nb", "\x00", "\udcff", "𝕏" * 400, "é" + "\u0301" * 50,
    "${7*7}", "{{7*7}}",
]  # fmt: skip


def marked(answered: int | None, thin: int | None, empty: int | None, **more: object) -> Marked:
    return Marked("8a", 1, "8a.1", "t", answered, thin, empty, **more)  # type: ignore[arg-type]


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
    assert (one.state, words.answered(one)) == (state, said)


def test_runs_and_who_checked_them() -> None:
    row = Row("x", problems=0, runs=RUNS)
    assert words.runs(row) == "12 of 15 done, 1 failed, 2 missing, 1 stale, 1 damaged"
    assert words.rerun(row) == "by nobody"
    assert words.rerun(replace(row, rerun=Rerun(0, 0, 15))) == "by nobody"
    assert words.rerun(replace(row, rerun=Rerun(2, 0, 15))) == "2 of 15"
    assert words.rerun(replace(row, rerun=Rerun(1, 1, 15))) == "1 of 15, 1 wrong"
    assert words.rerun(Row("x")) == "ungraded"
    assert words.runs(Row("x")) == "ungraded"


def test_lateness() -> None:
    parts = (
        marked(1, 0, 0, late=0.0, came="in time"),
        replace(marked(1, 0, 0), name="8b", late=7200.0, came="2 hours late"),
    )
    assert words.late(Row("x", parts=parts)) == "8b 2 hours"
    assert words.late(Row("x", parts=parts[:1])) == "in time"
    assert words.late(Row("x", parts=(marked(1, 0, 0, came="ungraded"),))) == "ungraded"
    assert words.late(Row("x", parts=(marked(1, 0, 0),))) == ""


def test_what_has_problems() -> None:
    assert Row("x").has_problems
    assert Row("x", problems=1).has_problems
    assert Row("x", problems=0, runs=RUNS).has_problems
    assert not Row("x", problems=0, runs=replace(RUNS, damaged=0)).has_problems


def test_parts_stand_in_the_order_of_their_numbers() -> None:
    names = ["10a", "8b", "9b", "8a.10", "8a.2"]
    rows = [Row("x", parts=tuple(replace(marked(1, 0, 0), name=name) for name in names))]
    assert list(words.slots(rows)) == ["8a.2", "8a.10", "8b", "9b", "10a"]


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


def filled(text: str) -> Row:
    return clean(
        Row(
            f"{text}", (text,), "paper", text, 2, text,
            (Marked("8a", 1, "8a.1", "Part", 1, 1, 1, 60.0, "1 minute late"),),
            Counts(1, 2, 3), 12, RUNS, f"failed: {text}", {"PARTIAL": 1}, {"HOLDS": 1}, Rerun(1, 0, 15),
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
