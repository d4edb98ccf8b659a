"""``repro report``: everything about a study on one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.publish.content.pieces import Document
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
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else course.yaml beside it")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help=f"where to, else {HAND_IN}/ in the folder")
    ] = None,
) -> None:
    """Write a report: the questions with their answers, data, recipe, results, verdicts, figures.

    One HTML file that opens anywhere, with everything in it. Each number is looked up in the records, and names them;
    what only you can write stays a marked gap. Code of the folder is not executed, nothing is trained.
    Exit code 1 when records are damaged or are not those that the table was made from.

    Example: repro report papers/mnist1d
    Example: repro report papers/mnist1d --pdf -o out
    """
    from repro.cli.request import read_request
    from repro.disk.write import write_atomically
    from repro.publish.report.page import page
    from repro.publish.report.pdf import to_pdf

    request = read_request(paths, rung, only, seeds)
    for study in request.load_kept(None):
        made = page(document_of(study, assignment, course))
        folder = study.spec.folder / HAND_IN if output is None else output / study.spec.name
        write_atomically(folder / "report.html", made)
        print(folder / "report.html")
        if pdf:
            write_atomically(folder / "report.pdf", to_pdf(made))
            print(folder / "report.pdf")


def document_of(study: "Study", assignment: str, course: Path | None) -> "Document":
    """The document of a study. Raises StaleError where its records are not those that the table was made from."""
    from repro.cli.homework import asked_of, course_of
    from repro.publish.content.document import document
    from repro.publish.content.subject import Subject

    asked = asked_of(course_of(study.spec.folder, course), study.spec.kind, assignment)
    return document(Subject(study.spec, study.plan, study.ledger()), asked)
