"""``repro slides``: the talk."""

from pathlib import Path
from typing import Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs


def slides(
    paths: Specs,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="the same slides as PDF too (needs the extra [pdf])")] = False,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above it")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="output directory (default: handin/ in the study folder)"),
    ] = None,
) -> None:
    """Write 10 to 15 slides to present a study, with speaker notes.

    A .pptx that opens in every office program and can be edited: tables and charts are native, with their numbers
    behind them; notes hold the full answers and the records of each number. What does not fit is split, or cut and
    said. Records that were edited, or are not those that the table was made from, are refused; damaged ones are left
    out and named. Exit code 1 for both.

    Example: repro slides papers/mnist1d --pdf
    """
    import sys

    from repro.cli.homework import course_of, requested_assignments
    from repro.cli.report import end_with_damage, hand_in, subject_of
    from repro.cli.request import read_request
    from repro.disk.atomic_write import write_atomically
    from repro.publish.report.pdf import to_pdf
    from repro.publish.slides.make_deck import make_deck
    from repro.publish.slides.pages import pages
    from repro.publish.slides.pptx_file import to_pptx

    subjects = []
    for study in read_request(paths, rung, only, seeds).load_kept(None):
        assignments = requested_assignments(course_of(study.spec.folder, course), study.spec.kind, "")
        subjects.append(subject_of(study))
        deck = make_deck(subjects[-1], assignments)
        folder, within = hand_in(study.spec, output)
        write_atomically(folder / "slides.pptx", to_pptx(deck), within=within)
        print(f"{folder / 'slides.pptx'}: {deck.count} slides")
        if pdf:
            write_atomically(folder / "slides.pdf", to_pdf(pages(deck)), within=within)
            print(folder / "slides.pdf")
        for warning in deck.warnings:
            print(f"note: {warning}", file=sys.stderr)
    end_with_damage(subjects)
