"""``repro report``: everything about a study on one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.publish.content.report_context import ReportContext
    from repro.spec.spec import Spec
    from repro.study import Study

HAND_IN = "handin"
"""The folder in a study's that holds what is handed in: reports, posts, slides."""


def report(
    paths: Specs,
    assignment: Annotated[
        str, typer.Option("--assignment", "-a", metavar="NAME", help="such as 8a; those of the folder's kind otherwise")
    ] = "",
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="also as PDF (needs the extra [pdf])")] = False,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above it")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help=f"output directory (default: {HAND_IN}/ in the study folder)"
        ),
    ] = None,
) -> None:
    """Write a report: the questions with their answers, data, recipe, results, verdicts, figures.

    One HTML file that opens anywhere, with everything in it. Each number is looked up in the records, and names them;
    what only you can write stays a marked gap. Code of the folder is not executed, nothing is trained.
    Records that were edited, or are not those that the table was made from, are refused; damaged ones are left out and
    named. Exit code 1 for both.

    Example: repro report papers/mnist1d
    Example: repro report papers/mnist1d --pdf -o out
    """
    from repro.cli.homework import course_of, requested_assignments
    from repro.cli.request import read_request
    from repro.disk.atomic_write import write_atomically
    from repro.publish.content.document import document
    from repro.publish.report.page import page
    from repro.publish.report.pdf import to_pdf

    request = read_request(paths, rung, only, seeds)
    subjects = []
    for study in request.load_kept(None):
        subject = subject_of(study)
        subjects.append(subject)
        assignments = requested_assignments(course_of(study.spec.folder, course), study.spec.kind, assignment)
        html = page(document(subject, assignments))
        folder, within = hand_in(study.spec, output)
        write_atomically(folder / "report.html", html, within=within)
        print(folder / "report.html")
        if pdf:
            write_atomically(folder / "report.pdf", to_pdf(html), within=within)
            print(folder / "report.pdf")
    end_with_damage(subjects)


def hand_in(spec: "Spec", output: Path | None) -> tuple[Path, Path]:
    """Where what is handed in goes, and the folder out of which no link there may lead."""
    return (spec.folder / HAND_IN, spec.folder) if output is None else (output / spec.name, output)


def subject_of(study: "Study") -> "ReportContext":
    """A study to write about, from its records."""
    from repro.publish.content.report_context import ReportContext

    return ReportContext(study.spec, study.plan, study.ledger())


def end_with_damage(subjects: "Sequence[ReportContext]") -> None:
    """Name the files that were left out because they are damaged, to standard error, and end with 1 where any is."""
    import sys

    damage = [problem for subject in subjects for problem in subject.damage]
    for problem in damage:
        print(f"! {problem.path}: {problem.said}", file=sys.stderr)
    if damage:
        raise typer.Exit(1)
