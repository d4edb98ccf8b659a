"""The discussions of a course put together from what was read of each folder."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from repro.publish.assignments.course import Assignment, Course, Student
from repro.publish.discuss.discussion import Discussion, discussion, discussions_of
from repro.publish.discuss.posts import Person
from repro.publish.grade.visible import visible


def discussions(course: Course, people: Sequence[Person]) -> list[Discussion]:
    """Each discussion of the course that anybody has said something in."""
    all_discussions = [
        discussion(assignment, _dated(people, course.roster, assignment)) for assignment in discussions_of(course)
    ]
    return [item for item in all_discussions if item.asked or item.answered]


def merged_people(people: Sequence[Person]) -> list[Person]:
    """Everyone once, with what stands in any of their folders."""
    by_name: dict[str, Person] = {}
    for person in people:
        known = by_name.get(person.name)
        by_name[person.name] = person if known is None else Person(
            person.name,
            tuple(dict.fromkeys((*known.names, *person.names))),
            (*known.asked, *person.asked),
            (*known.answered, *person.answered),
            (*known.unread, *person.unread),
            known.is_absent and person.is_absent,
        )  # fmt: skip
    return list(by_name.values())


def _dated(people: Sequence[Person], roster: Mapping[str, Student], assignment: Assignment) -> list[Person]:
    """With the dates that the roster gives for this discussion."""
    when = {visible(name): student.submitted.get((assignment.name, 1)) for name, student in roster.items()}
    return [
        replace(person, asked=tuple(replace(question, when=when.get(person.name)) for question in person.asked))
        for person in people
    ]
