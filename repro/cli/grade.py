"""``repro grade``: many strangers' folders at one sight."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from repro.publish.assignments.course import Course
    from repro.publish.grade.grade_row import GradeRow

NAME = "grades"
"""What the table and the page are called."""


def grade(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="folders, or a folder that holds them")],
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above them")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="output directory of the table and the page (default: here)"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON; write files only with -o")] = False,
) -> None:
    """Show what was handed in: a row for each folder, as a table (CSV) and as a page (HTML).

    Parts complete, thin or empty; runs there, failed, missing or stale; leakage gate, verdicts, lateness, and what to
    look at by hand. Nothing of a folder is run, imported or changed. What could not be judged is ungraded, never zero.
    Exit code 1 when a spec has problems or cannot be read, or records are damaged.

    Example: repro grade submissions
    Example: repro grade --course course.yaml -o grades -- ada ben
    """
    import json as form
    from dataclasses import asdict

    from repro.disk.atomic_write import write_atomically
    from repro.publish.assignments.read_course import load_course
    from repro.publish.grade.grade_all import rows as rows_of
    from repro.publish.grade.grade_page import page
    from repro.publish.grade.submitted_folders import submitted_folders
    from repro.publish.grade.table_csv import to_csv

    path = teachers_course(folders, course)
    chosen = load_course(path)
    looked = submitted_folders(folders, chosen)
    target = output if output is not None else None if json else Path()
    if target is not None:
        _refuse_inside(target, [submission.folder for submission in looked])
    rows = rows_of(looked, path)
    notes = [_course_line(path)]
    files = []
    if target is not None:
        for name, text in ((f"{NAME}.csv", to_csv(rows)), (f"{NAME}.html", page(chosen.title, rows, notes))):
            write_atomically(target / name, text)
            files.append(target / name)
    if json:
        print(form.dumps({"course": chosen.title, "rows": [asdict(row) for row in rows]}, indent=1))
    else:
        print(notes[0])
        _print(rows, chosen, files)
    if any(row.has_problems for row in rows):
        raise typer.Exit(1)


def teachers_course(folders: Sequence[Path], course: Path | None) -> Path | None:
    """The course's file: the one named, else one that lies above the folders; never a student's own.

    Prints a line on each other that was seen, to standard error.
    """
    import sys

    from repro.cli.refusal import CommandRefused
    from repro.publish.grade.visible import visible
    from repro.publish.grade.whose_course import CourseError, choose_course

    if course is not None:
        if not course.is_file():
            raise CommandRefused(f"--course: {course}: no such file")
        return course
    for folder in folders:
        if not folder.exists():
            raise CommandRefused(f"{folder}: no such folder")
    try:
        choice = choose_course(folders)
    except CourseError as error:
        raise CommandRefused(str(error)) from None
    for note in choice.notes:
        print(f"note: {visible(note, 2000)}", file=sys.stderr)
    return choice.path


def _course_line(path: Path | None) -> str:
    from repro.publish.grade.visible import visible

    if path is None:
        return "Assignments: those that come with the tool"
    home = "here" if path.parent == Path() else str(path.parent)
    return f"Assignments and roster: {visible(str(path))}; its folders begin at {visible(home)}"


def _refuse_inside(target: Path, folders: Sequence[Path]) -> None:
    from repro.cli.refusal import CommandRefused

    at = target.resolve()
    for folder in folders:
        if at.is_relative_to(folder.resolve()):
            raise CommandRefused(f"{target}: lies in {folder}, into which nothing is written; say -o DIR")


def _print(rows: "Sequence[GradeRow]", course: "Course", files: Sequence[Path]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from repro.cli.console import make_console
    from repro.publish.grade import row_text
    from repro.publish.grade.grade_row import UNGRADED

    console = make_console()
    signs = row_text.SIGNS if "utf" in (console.encoding or "").lower() else row_text.PLAIN
    names = list(dict.fromkeys(name.partition(".")[0] for name in row_text.slots(rows)))
    dated = any(part.came for row in rows for part in row.parts)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("folder", overflow="fold", min_width=18)
    table.add_column("spec", no_wrap=True)
    for name in names:
        table.add_column(Text(name), no_wrap=True)
    table.add_column("runs", justify="right", no_wrap=True)
    table.add_column("re-run", no_wrap=True)
    if dated:
        table.add_column("late", overflow="fold")
    table.add_column("look", justify="right", no_wrap=True)
    styles = {"complete": "green", "thin": "yellow", "empty": "red"}
    for row in rows:
        name = f"{', '.join(row.who)} ({row.folder})" if row.who and row.who != (row.folder,) else row.folder
        spec = row_text.spec(row)
        runs = "?" if row.runs is None else f"{row.runs.done}/{row.runs.planned}"
        table.add_row(
            Text(name),
            Text(spec, style="" if spec == "fine" else "bold red" if row.problems else "yellow"),
            *(
                Text.assemble(
                    *((signs[p.state], styles.get(p.state, "")) for p in row.parts if p.assignment == assignment)
                )
                for assignment in names
            ),
            Text(runs),
            Text(row_text.rerun(row).removeprefix("by ") if row.runs else "?"),
            *([Text(row_text.late(row).replace(UNGRADED, "?"))] if dated else []),
            Text(str(len(row.look)) if row.look else ""),
        )
    console.print(table)
    console.print()
    console.print(
        Text(", ".join(f"{signs[state]} {meaning}" for state, meaning in row_text.SHORT.items()), style="dim")
    )
    console.print(Text(row_text.summary(rows)))
    for file in files:
        print(file)
