"""What a course asks and of whom, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from repro.spec.place import NOWHERE, Place

HandIn = Literal["post", "slides", "comment", "report"]
Slot = tuple[str, int]
"""An assignment's name and the number of one of its parts, from 1."""


@dataclass(frozen=True)
class Need:
    """Words of the student's own that a question wants, and how many at least.

    ``where`` is what the spec calls them: ``question``, ``dataset.why``, ``answers.NAME``, ``related_work`` and the
    others of :mod:`repro.publish.assignments.answer_texts`. ``words`` counts those of each item where there are
    several.
    """

    where: str
    words: int = 0
    items: int = 0
    link: bool = False


@dataclass(frozen=True)
class Question:
    """A question with what answers it; ``shows`` are blocks of :mod:`repro.publish.content.blocks`."""

    name: str
    ask: str
    needs: tuple[Need, ...] = ()
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssignmentPart:
    """What is handed in at one time; ``due`` carries its zone."""

    number: int
    title: str
    hand_in: HandIn
    questions: tuple[Question, ...]
    due: datetime | None = None


@dataclass(frozen=True)
class Assignment:
    """``folder`` is the kind of spec that answers it.

    ``papers`` are those that its discussion is about: then only questions on them answer it. A question that names no
    paper is on one of them where ``unnamed`` says so: where the course has just one discussion.
    """

    name: str
    title: str
    folder: Literal["paper", "proposal", "any"]
    parts: tuple[AssignmentPart, ...]
    papers: Mapping[str, str] = field(default_factory=dict)
    unnamed: bool = True

    def fits(self, kind: str) -> bool:
        """Whether a spec of this kind can answer it."""
        return self.folder in ("any", kind)


@dataclass(frozen=True)
class Student:
    """Who hands in: ``folder`` relative to the course's file; ``submitted`` says when, by the teacher."""

    name: str
    folder: str
    submitted: Mapping[Slot, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """A whole course. ``path`` is its file; None for the one that comes with the tool."""

    title: str
    assignments: Mapping[str, Assignment]
    roster: Mapping[str, Student] = field(default_factory=dict)
    papers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    path: Path | None = None
    place: Place = NOWHERE

    def of_kind(self, kind: str) -> tuple[Assignment, ...]:
        """The assignments that a spec of this kind answers and no other does: what is asked by default."""
        return tuple(assignment for assignment in self.assignments.values() if assignment.folder == kind)
