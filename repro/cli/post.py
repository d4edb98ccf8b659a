"""``repro post``: one part of an assignment, ready to paste."""

from pathlib import Path
from typing import Annotated

import typer

from repro.cli.options import OneSpec, Rung


def post(
    path: OneSpec,
    part: Annotated[int, typer.Option("--part", "-p", metavar="N", min=1, help="which part")] = 1,
    assignment: Annotated[
        str, typer.Option("--assignment", "-a", metavar="NAME", help="such as 8a; that of the folder's kind otherwise")
    ] = "",
    rung: Rung = "",
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above it")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="output directory (default: handin/ in the study folder)"),
    ] = None,
) -> None:
    """Write one part of an assignment as a post for Reddit.

    Markdown to paste, and the pictures to upload, numbered as they are named in the text. What only you can write stays
    a marked gap. Records that were edited, or are not those that the table was made from, are refused; damaged ones are
    left out and named. Exit code 1 for both.

    Example: repro post papers/mnist1d --part 1
    """
    import sys

    from repro.cli.homework import course_of, requested_assignments
    from repro.cli.refusal import CommandRefused
    from repro.cli.report import end_with_damage, hand_in, subject_of
    from repro.cli.request import read_request
    from repro.disk.atomic_write import write_atomically
    from repro.publish.assignments.standing import standing
    from repro.publish.post.post import post as make

    study = read_request([Path(path)], rung, "", "").load_kept(None)[0]
    assignments = requested_assignments(course_of(study.spec.folder, course), study.spec.kind, assignment)
    subject = subject_of(study)
    parts = [
        p for requested in assignments for p in standing(requested, subject.full, subject.done) if p.part.number == part
    ]
    if not parts:
        raise CommandRefused(
            f"--part: {part} is no part of {', '.join(requested.name for requested in assignments) or 'any assignment'}"
        )
    folder, within = hand_in(study.spec, output)
    for part_standing in parts:
        name = f"post-{part_standing.assignment.name}-{part_standing.part.number}"
        text = make(subject, part_standing)
        write_atomically(folder / f"{name}.md", f"# {text.title}\n\n{text.text}", within=within)
        print(folder / f"{name}.md")
        for number, picture in enumerate(text.pictures, 1):
            write_atomically(folder / name / f"{number}-{picture.name}.png", picture.png(), within=within)
            print(f"picture {number}: {folder / name / f'{number}-{picture.name}.png'}")
        for warning in text.warnings:
            print(f"note: {warning}", file=sys.stderr)
    end_with_damage([subject])
