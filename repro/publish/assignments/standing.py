"""How far each question is answered: answered, thin or empty, and what is missing where."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from repro.publish.assignments.about import about, unnamed
from repro.publish.assignments.answer_texts import ANSWERS, RESULTS, answer_texts, words
from repro.publish.assignments.course import Assignment, AssignmentPart, Need, Question
from repro.spec.place import Place
from repro.spec.problem import Problem
from repro.spec.spec import Spec

_LINK = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+")


class State(StrEnum):
    """In order of how much is missing."""

    ANSWERED = "answered"
    THIN = "thin"
    EMPTY = "empty"


@dataclass(frozen=True)
class CompletedRuns:
    """How many of a study's runs have their record."""

    runs: int
    planned: int


@dataclass(frozen=True)
class MissingAnswer:
    """What one need still wants."""

    need: Need
    state: State
    place: Place
    text: str
    nearly: bool = False


@dataclass(frozen=True)
class Standing:
    """One question and how far it is answered; ``missing`` is empty where it is."""

    question: Question
    missing: tuple[MissingAnswer, ...]

    @property
    def state(self) -> State:
        """Empty where any need is, else thin where any is."""
        states = {lack.state for lack in self.missing}
        return next((s for s in (State.EMPTY, State.THIN) if s in states), State.ANSWERED)


@dataclass(frozen=True)
class PartStanding:
    """All questions of one part."""

    assignment: Assignment
    part: AssignmentPart
    standings: tuple[Standing, ...]

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return all(item.state is State.ANSWERED for item in self.standings)

    def count(self, state: State) -> int:
        """How many questions are in a state."""
        return sum(item.state is state for item in self.standings)

    @property
    def notes(self) -> list[Problem]:
        """What is missing, each at its place."""
        where = (
            self.assignment.name if len(self.assignment.parts) == 1 else f"{self.assignment.name}.{self.part.number}"
        )
        return [
            Problem(lack.place, lack.need.where, f"{lack.state}: {lack.text} ({where}: {item.question.ask})")
            for item in self.standings
            for lack in item.missing
        ]


def standing(assignment: Assignment, spec: Spec, done: CompletedRuns | None = None) -> tuple[PartStanding, ...]:
    """How far a spec answers each part of an assignment.

    Args:
        assignment: what is asked.
        spec: who answers.
        done: its runs; None where nobody looked, and then no question about results is judged.

    """
    return tuple(
        PartStanding(
            assignment, part, tuple(_of_question(question, assignment, spec, done) for question in part.questions)
        )
        for part in assignment.parts
    )


def unasked(assignments: Sequence[Assignment], spec: Spec) -> list[Problem]:
    """Answers that are still open and that no question asks for: they are listed all the same."""
    places_asked = {
        need.where
        for assignment in assignments
        for part in assignment.parts
        for q in part.questions
        for need in q.needs
    }
    return [
        Problem(answer.place, f"{ANSWERS}{name}", "empty: still to be answered")
        for name, answer in spec.answers.items()
        if answer.is_open and f"{ANSWERS}{name}" not in places_asked
    ]


def _of_question(question: Question, assignment: Assignment, spec: Spec, done: CompletedRuns | None) -> Standing:
    own_spec = about(assignment, spec)
    lacks = [
        _results(need, spec, done) if need.where == RESULTS else _hinted(_lack(need, own_spec), assignment, spec)
        for need in question.needs
    ]
    return Standing(question, tuple(lack for lack in lacks if lack is not None))


def _hinted(lack: MissingAnswer | None, assignment: Assignment, spec: Spec) -> MissingAnswer | None:
    """With a word on those that do not say which paper they are on."""
    if lack is None or not (nameless := unnamed(assignment, spec, lack.need.where)):
        return lack
    key = next(iter(assignment.papers))
    hint = f"{lack.text}; {nameless} name{'s' * (nameless == 1)} no paper: write {{paper: {key}, ...}}"
    return replace(lack, text=hint)


def _results(need: Need, spec: Spec, done: CompletedRuns | None) -> MissingAnswer | None:
    if done is None or done.runs >= done.planned:
        return None
    place = spec.places.get("experiments", spec.place)
    if not done.runs:
        return MissingAnswer(need, State.EMPTY, place, "nothing has been run")
    return MissingAnswer(need, State.THIN, place, f"{done.runs} of {done.planned} runs are done")


def _lack(need: Need, spec: Spec) -> MissingAnswer | None:
    answer = answer_texts(spec, need.where)
    if not answer.texts:
        needed = f"{need.items} {'is' if need.items == 1 else 'are'} asked for" if need.items else "nothing is written"
        return MissingAnswer(need, State.EMPTY, answer.place, answer.lacks or needed)
    if need.link:
        place, text = answer.texts[0]
        return (
            None
            if _LINK.fullmatch(text)
            else MissingAnswer(need, State.THIN, place, "no link that begins with https://")
        )
    long = [(place, text) for place, text in answer.texts if words(text) >= need.words]
    if need.items:
        if len(long) >= need.items:
            return None
        of_words = f" with at least {need.words} words" if need.words else ""
        return MissingAnswer(need, State.THIN, answer.place, f"{len(long)} of {need.items}{of_words}")
    short = next(((place, words(text)) for place, text in answer.texts if words(text) < need.words), None)
    if short is None:
        return None
    place, count = short
    less = need.words - count
    text = f"{count} of {need.words} words: {less} word{'s' * (less != 1)} short"
    return MissingAnswer(need, State.THIN, place, text, nearly=2 * count >= need.words)
