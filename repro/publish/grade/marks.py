"""The parts of all assignments that a folder can answer: how far they are answered, and how late they came."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from repro.publish.assignments.answer_texts import RESULTS
from repro.publish.assignments.course import Assignment, AssignmentPart, Course, Student
from repro.publish.assignments.due import lateness, span
from repro.publish.assignments.standing import CompletedRuns, State, standing
from repro.publish.grade.grade_row import UNGRADED, PartMark
from repro.spec.spec import Spec


def marks(
    course: Course, kind: str, students: Sequence[Student], spec: Spec | None = None, done: CompletedRuns | None = None
) -> tuple[PartMark, ...]:
    """A mark for each part.

    Args:
        course: with its dates.
        kind: of the spec, by the name of its file where it cannot be read.
        students: whose folder it is; with several the latest counts.
        spec: None where it cannot be read: then only lateness is told.
        done: its runs; None where nobody could look.

    """
    part_marks = []
    for assignment in course.assignments.values():
        if not kind or not assignment.fits(kind):
            continue
        standings = (
            {}
            if spec is None
            else {part_standing.part.number: part_standing for part_standing in standing(assignment, spec, done)}
        )
        for part in assignment.parts:
            late, came = _late(part, _submitted(assignment, part, students))
            part_standing = standings.get(part.number)
            unknown = part_standing is None or (done is None and _asks_results(part))
            counts = {
                state.value: None if part_standing is None or unknown else part_standing.count(state) for state in State
            }
            name = assignment.name if len(assignment.parts) == 1 else f"{assignment.name}.{part.number}"
            part_marks.append(PartMark(assignment.name, part.number, name, part.title, late=late, came=came, **counts))
    return tuple(part_marks)


def _asks_results(part: AssignmentPart) -> bool:
    return any(need.where == RESULTS for question in part.questions for need in question.needs)


def _submitted(assignment: Assignment, part: AssignmentPart, students: Iterable[Student]) -> datetime | None:
    dates = [student.submitted.get((assignment.name, part.number)) for student in students]
    return max((moment for moment in dates if moment is not None), default=None)


def _late(part: AssignmentPart, submitted: datetime | None) -> tuple[float | None, str]:
    if part.due is None:
        return None, ""
    if submitted is None:
        return None, UNGRADED
    late = lateness(part.due, submitted)
    return late.total_seconds(), f"{span(late)} late" if late else "in time"
