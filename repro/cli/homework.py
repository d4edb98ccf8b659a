"""``repro homework``: what is due when, and what is still missing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import OneSpec

if TYPE_CHECKING:
    from datetime import datetime

    from repro.publish.assignments.course import Assignment, Course
    from repro.publish.assignments.standing import PartStanding
    from repro.spec.spec import Spec


def homework(
    path: OneSpec,
    assignment: Annotated[
        str, typer.Option("--assignment", "-a", metavar="NAME", help="such as 8a; those of the folder's kind otherwise")
    ] = "",
    part: Annotated[int | None, typer.Option("--part", "-p", metavar="N", min=1, help="one part of it")] = None,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above it")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON")] = False,
) -> None:
    """Show what an assignment asks, what is answered and what is due when.

    Each question is answered, thin (too short, too few) or empty, with the line where an answer belongs. What only you
    can say is never written for you. Exit code 0 whatever is missing.

    Example: repro homework papers/mnist1d
    Example: repro homework papers/mnist1d --assignment 8a --part 3
    """
    import json as form
    from datetime import UTC, datetime

    from repro.cli.refusal import CommandRefused

    spec, parts = standings(path, assignment, course)
    if part is not None:
        many = max((part_standing.part.number for part_standing in parts), default=0)
        parts = [part_standing for part_standing in parts if part_standing.part.number == part]
        if not parts:
            raise CommandRefused(f"--part: {part} is none of the parts 1 to {many}")
    if json:
        print(form.dumps([_values(part_standing) for part_standing in parts], indent=1))
        return
    now = datetime.now(UTC)
    print(f"{spec.work.title}\n")
    for part_standing in parts:
        _print(part_standing, now)


def standings(path: str, assignment: str, course: Path | None) -> "tuple[Spec, list[PartStanding]]":
    """A folder's spec, and how it stands in the assignments asked for, at the rung that its records are of."""
    from repro.cli.request import read_request
    from repro.publish.assignments.completed_runs import completed_runs
    from repro.publish.assignments.standing import standing

    study = read_request([Path(path)], "", "", "").load_kept(None)[0]
    assignments = requested_assignments(course_of(study.spec.folder, course), study.spec.kind, assignment)
    done = completed_runs(study.plan, study.ledger())
    return study.spec, [part for requested in assignments for part in standing(requested, study.spec, done)]


def course_of(folder: Path, course: Path | None = None) -> "Course":
    """The course named, else the one beside a folder, else the tool's own."""
    from repro.cli.refusal import CommandRefused
    from repro.publish.assignments.read_course import find_course, load_course

    if course is not None and not course.is_file():
        raise CommandRefused(f"--course: {course}: no such file")
    return load_course(course or find_course(folder))


def requested_assignments(course: "Course", kind: str, assignment: str) -> "tuple[Assignment, ...]":
    """The assignment named, else those that a spec of this kind answers."""
    from repro.cli.refusal import CommandRefused
    from repro.spec.problem import unknown_of

    if not assignment:
        return course.of_kind(kind)
    if assignment not in course.assignments:
        raise CommandRefused(f"--assignment: {unknown_of('assignment', assignment, course.assignments)}")
    requested = course.assignments[assignment]
    if not requested.fits(kind):
        raise CommandRefused(f"--assignment: {assignment} asks for a {requested.folder}; this folder is a {kind}")
    return (requested,)


_SIGNS = {"answered": "✓", "thin": "◐", "empty": "○"}


def _print(part_standing: "PartStanding", now: "datetime") -> None:
    import textwrap

    from repro.publish.assignments.due import moment, until

    alone = len(part_standing.assignment.parts) == 1
    name = (
        part_standing.assignment.name if alone else f"{part_standing.assignment.name}, part {part_standing.part.number}"
    )
    due = (
        "no date is set"
        if part_standing.part.due is None
        else f"due {moment(part_standing.part.due)}, {until(part_standing.part.due, now)}"
    )
    print(f"{name}: {part_standing.part.title} ({part_standing.part.hand_in}; {due})")
    for standing in part_standing.standings:
        lines = textwrap.wrap(standing.question.ask, 92)
        print(f"  {_SIGNS[standing.state]} {standing.state:<8}  {lines[0]}")
        for line in lines[1:]:
            print(f"{'':14}{line}")
        for lack in standing.missing:
            print(f"{'':14}{lack.place}: {lack.need.where}: {lack.text}")
    print()


def _values(part_standing: "PartStanding") -> dict[str, object]:
    return {
        "assignment": part_standing.assignment.name,
        "part": part_standing.part.number,
        "title": part_standing.part.title,
        "hand_in": part_standing.part.hand_in,
        "due": None if part_standing.part.due is None else part_standing.part.due.isoformat(),
        "complete": part_standing.complete,
        "questions": [
            {
                "name": standing.question.name,
                "ask": standing.question.ask,
                "state": standing.state,
                "missing": [
                    {"where": lack.need.where, "state": lack.state, "place": str(lack.place), "text": lack.text}
                    for lack in standing.missing
                ],
            }
            for standing in part_standing.standings
        ],
    }
