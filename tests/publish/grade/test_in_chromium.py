"""The page of `repro grade` in a real browser: on a phone, nothing makes the page itself scroll sideways."""

import shutil
from pathlib import Path

import pytest

from repro.publish.grade.grade_page import page
from repro.publish.grade.grade_row import AnswerCounts, GradeRow, PartMark, Rerun, RunCounts

pytest.importorskip("pytest_playwright", reason="needs pytest-playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="needs a chromium on the PATH")]

LONG = "submissions/a_folder_with_a_name_without_any_place_to_break_it_" + "x" * 60


def row(name: str) -> GradeRow:
    parts = tuple(
        PartMark("8a", n, f"8a.{n}", f"Part {n} of the assignment", 2, 1, 0, 86400.0, "1 day late") for n in range(1, 9)
    )
    line = "results/records/" + "cnn-seed1-6eb45ba21c89" * 8 + ".json: damaged: its sha256 is not that of its content"
    return GradeRow(
        name, ("ada.with_a_long_unbroken_login_name_0123456789",), "paper", "A title " * 12, 0, "", parts,
        AnswerCounts(3, 2, 1), 12, RunCounts("full", "results", 40, 40, 38, 1, 1, 0, 1),
        "failed: duplicates (and 3 more)", {"REPRODUCED": 5, "INCONCLUSIVE": 7, "NOT REPRODUCED": 1},
        {"HOLDS": 5}, Rerun(2, 0, 40), (line, LONG),
        ("x" * 300,),
    )  # fmt: skip


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_page_fits_a_phone(browser, tmp_path: Path, width: int) -> None:
    rows = [row("ada"), row(LONG), GradeRow("empty", first="no paper.yaml in " + LONG, ungraded=("no such folder",))]
    (tmp_path / "grades.html").write_text(
        page("A course " + "y" * 80, rows, ["Roster: " + "z" * 120]), encoding="utf-8"
    )
    context = browser.new_context(viewport={"width": width, "height": 844})
    opened = context.new_page()
    opened.goto((tmp_path / "grades.html").as_uri())
    opened.screenshot(path=str(tmp_path / f"grades-{width}.png"), full_page=True)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    beyond = opened.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && "
        "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)"
    )
    assert beyond == []
    context.close()
