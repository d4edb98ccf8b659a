"""One folder to one row."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from repro.publish.assignments.answer_texts import answer_texts
from repro.publish.assignments.course import Course, Student
from repro.publish.assignments.standing import CompletedRuns
from repro.publish.grade.grade_row import AnswerCounts, GradeRow
from repro.publish.grade.load_untrusted import failure_text, load_untrusted
from repro.publish.grade.marks import marks
from repro.publish.grade.own_code import own_code, waivers
from repro.publish.grade.rerun import rerun
from repro.publish.grade.slide_count import slide_count
from repro.publish.grade.study_records import StudyRecords, study_records
from repro.publish.grade.survey import Survey, survey
from repro.publish.grade.visible import visible
from repro.results.same_records import trace
from repro.spec.spec import Spec

T = TypeVar("T")

SHOWN = 4
"""Names of one kind that are shown."""


def grade(folder: Path, shown: str, course: Course, students: Sequence[Student] = ()) -> GradeRow:
    """Look at one folder. Nothing of it is run or imported, nothing is written into it.

    Args:
        folder: the folder itself.
        shown: what to call it.
        course: what is asked.
        students: those of the roster whose folder it is.

    """
    who = tuple(student.name for student in students)
    if folder.is_symlink() or not folder.is_dir():
        why = "is a link; it was not followed" if folder.is_symlink() else "no such folder"
        return clean(GradeRow(shown, who, first=f"{shown}: {why}", ungraded=(why,)))
    contents = survey(folder)
    loaded = load_untrusted(folder, contents)
    kind, spec, problems, first = loaded.kind, loaded.spec, loaded.problems, loaded.first
    ungraded = (
        [first] if problems is None else ["answers, runs and verdicts: the spec has problems"] if problems else []
    )
    records = None
    if spec is not None:
        ungraded += _uncounted(spec, contents)
        outside = contents.leads_out("runs", "results")
        if outside:
            ungraded.append(f"records: {outside[0]} leads out of the folder")
        else:
            records = _tried("records", lambda: study_records(spec), ungraded)
    slides = None
    if not contents.leads_out("handin"):
        slides = _tried("slides", lambda: slide_count(folder), ungraded)
    row = GradeRow(
        shown,
        who,
        kind,
        "" if spec is None else spec.work.title,
        problems,
        first,
        marks(
            course,
            kind,
            students,
            spec,
            None if records is None else CompletedRuns(records.runs.done, records.runs.planned),
        ),
        None if spec is None else _counts(spec),
        slides,
    )
    look = own_code(spec, contents.python)
    if spec is not None:
        look += waivers(spec)
    if records is not None:
        row, remarks = _with(row, records, folder)
        look += remarks
    return clean(replace(row, look=(*look, *_lying(contents)), ungraded=tuple(ungraded)))


def clean(row: GradeRow) -> GradeRow:
    """The row with every text of a stranger's made visible."""
    return replace(
        row,
        folder=visible(row.folder),
        who=tuple(map(visible, row.who)),
        title=visible(row.title),
        first=visible(row.first),
        gate=None if row.gate is None else visible(row.gate),
        look=tuple(map(visible, row.look)),
        ungraded=tuple(map(visible, row.ungraded)),
    )


def _tried(what: str, step: Callable[[], T], ungraded: list[str]) -> T | None:
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - a stranger's folder may break anything; its row says what
        ungraded.append(failure_text(what, error))
        return None


def _uncounted(spec: Spec, contents: Survey) -> list[str]:
    """Whether the question of how many items there are could not be judged, as the data lie behind a link."""
    name = spec.experiments[spec.baseline].dataset.name.rstrip("/")
    is_outside = any(
        link == name or name.startswith(f"{link}/") or link.startswith(f"{name}/") for link in contents.out
    )
    if not is_outside or answer_texts(spec, "counts").texts:
        return []
    return [f"how many items there are: {name} leads out of the folder; items: N under dataset would say it"]


def _counts(spec: Spec) -> AnswerCounts:
    return AnswerCounts(
        *(len(answer_texts(spec, where).texts) for where in ("related_work", "questions", "answers_to_peers"))
    )


def _with(row: GradeRow, records: StudyRecords, folder: Path) -> tuple[GradeRow, list[str]]:
    again = rerun(folder, {record.sha256 for record in records.ledger.records}, records.runs.planned)
    remarks = list(records.look)
    if again is not None and again.wrong:
        remarks.append(f"results/verified.json: {again.wrong} trained again and came out wrong")
    if again is not None and again.again:
        remarks.append("results/verified.json lies in the folder itself: it is the word of whoever made it")
    graded = replace(
        row,
        runs=records.runs,
        gate=records.gate,
        verdicts=records.verdicts,
        claims=records.claims,
        rerun=again,
        traces=tuple(trace(record) for record in records.records if record.state == "done"),
    )
    return graded, remarks


def _lying(contents: Survey) -> list[str]:
    lines = []
    for what, names in (
        ("leads out of the folder", contents.out),
        ("a link that leads nowhere or round in a circle", contents.loops),
        ("a pipe, a socket or a device", contents.odd),
        ("huge", [f"{name} ({size / 2**20:,.0f} MB)" for name, size in contents.huge]),
    ):
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            lines.append(f"{what}: {', '.join(names[:SHOWN])}{more}")
    return [*lines, contents.cut] if contents.cut else lines
