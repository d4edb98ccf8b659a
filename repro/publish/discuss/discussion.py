"""A discussion: all questions in their order, which were asked before, and who is still to ask or to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from repro.publish.assignments.answer_texts import words
from repro.publish.assignments.course import Assignment, Course, Need
from repro.publish.discuss.posts import Person, StudentAnswer, StudentQuestion
from repro.publish.discuss.repeats import Repeat, repeats
from repro.publish.discuss.thread import same_words
from repro.spec.problem import unknown


@dataclass(frozen=True)
class MissingPosts:
    """Who is still to ask so many questions and to give so many answers; None where what they wrote cannot be read."""

    who: str
    questions: int | None
    answers: int | None


@dataclass(frozen=True)
class Discussion:
    """``asked`` in the order that ``order`` says, each with the earlier question that it is like; ``flags`` are odd."""

    assignment: Assignment
    asked: tuple[StudentQuestion, ...]
    repeats: tuple[Repeat | None, ...]
    answered: tuple[StudentAnswer, ...]
    owing: tuple[MissingPosts, ...]
    flags: tuple[str, ...]
    order: str

    @property
    def repeated(self) -> int:
        """How many questions are like an earlier one."""
        return sum(one is not None for one in self.repeats)


def discussions_of(course: Course) -> tuple[Assignment, ...]:
    """The assignments that papers are discussed in; without ``papers`` in the course the first that wants questions."""
    wanting = [one for one in course.assignments.values() if _need(one, "questions") is not None]
    with_papers = tuple(one for one in wanting if one.papers)
    return with_papers or tuple(wanting[:1])


def discussion(assignment: Assignment, people: Sequence[Person], thread: Sequence[StudentQuestion] = ()) -> Discussion:
    """Put together what all said.

    Args:
        assignment: says which papers it is on and how much is wanted.
        people: in the order of their folders.
        thread: questions of a pasted discussion, in its order.

    """
    ours = [one for person in people for one in person.asked if _on(one, assignment)]
    asked, order = _in_order(ours, thread)
    answered = tuple(one for person in people for one in person.answered if _on(one, assignment))
    known = {name.casefold(): person.name for person in people for name in person.names}
    counting = [one for one in answered if known.get(one.to.casefold(), one.who) != one.who]
    flags = [flag for one in answered if (flag := _wrong_peer(one, known, people))]
    everything = [one for person in people for one in _all(person)]
    flags += [flag for one in everything if (flag := _wrong_paper(one, assignment))]
    return Discussion(
        assignment,
        tuple(asked),
        tuple(repeats([one.text for one in asked], [one.on for one in asked])),
        answered,
        tuple(owing for person in people if (owing := _owing(person, assignment, ours, counting)) is not None),
        tuple(dict.fromkeys(flags)),
        order,
    )


def _all(person: Person) -> list[StudentQuestion | StudentAnswer]:
    return [*person.asked, *person.answered]


def _on(one: StudentQuestion | StudentAnswer, assignment: Assignment) -> bool:
    if not assignment.papers:
        return True
    return one.on in assignment.papers if one.on else assignment.unnamed


def _in_order(ours: Sequence[StudentQuestion], thread: Sequence[StudentQuestion]) -> tuple[list[StudentQuestion], str]:
    """The thread first, then by the roster's dates, then by folder; a question that stands in both is its asker's."""
    lines = {same_words(one.text): one.line for one in thread}
    marked = []
    taken: set[str] = set()
    for one in sorted(ours, key=lambda said: (said.when is None, said.when.timestamp() if said.when else 0.0)):
        key = same_words(one.text)
        line = lines.get(key) if key not in taken else None
        taken.add(key)
        marked.append(replace(one, line=line))
    dated = sum(one.when is not None for one in ours)
    left = [one for one in thread if same_words(one.text) not in taken]
    in_thread = [one for one in marked if one.line is not None and one.when is None]
    rest = [one for one in marked if one not in in_thread]
    both = sorted([*left, *in_thread], key=lambda said: said.line or 0)
    said = ["the thread"] if thread else []
    said += [f"the roster's dates ({dated} of {len(ours)} questions)"] if dated else []
    said += ["the order of the folders"] if dated < len(ours) or not said else []
    return [*both, *rest], ", then ".join(said)


def _wrong_peer(one: StudentAnswer, known: dict[str, str], people: Sequence[Person]) -> str:
    who = known.get(one.to.casefold())
    if who is None:
        return f"{one.place}: answers_to_peers.to: {unknown('name', one.to, [p.name for p in people])} (nobody here)"
    if who == one.who:
        return f"{one.place}: answers_to_peers.to: {one.to!r} is whoever writes this; it counts for nobody"
    return ""


def _wrong_paper(one: StudentQuestion | StudentAnswer, assignment: Assignment) -> str:
    """What to say of one that names no paper, where there are several to name."""
    if one.on or not assignment.papers:
        return ""
    which = f"write paper: {' or '.join(assignment.papers)}"
    if not assignment.unnamed:
        return f"{one.place}: names no paper and counts nowhere; {which}"
    return f"{one.place}: does not say on which paper; {which}" if _is_open(one, assignment) else ""


def _is_open(one: StudentQuestion | StudentAnswer, assignment: Assignment) -> bool:
    return isinstance(one, StudentQuestion) and len(assignment.papers) > 1


def unknown_papers(course: Course, people: Sequence[Person]) -> list[str]:
    """A line for each question and answer on a paper that no discussion of the course is about."""
    keys = [key for papers in course.papers.values() for key in papers]
    if not keys:
        return []
    said = [one for person in people for one in _all(person) if one.on and one.on not in keys]
    return [f"{one.place}: paper: {unknown('paper', one.on, keys)} (it counts nowhere)" for one in said]


def _owing(
    person: Person, assignment: Assignment, asked: Sequence[StudentQuestion], answered: Sequence[StudentAnswer]
) -> MissingPosts | None:
    """What a person still owes; None where it is nothing. The same question twice is one."""
    counts = []
    for where, given in (
        ("questions", list({same_words(one.text): one.text for one in asked if one.who == person.name}.values())),
        ("answers_to_peers", [one.text for one in answered if one.who == person.name]),
    ):
        need = _need(assignment, where)
        long = 0 if need is None else sum(words(text) >= need.words for text in given)
        counts.append(0 if need is None else max(0, max(1, need.items) - long))
    if not any(counts):
        return None
    if person.unread and not person.is_absent and not person.asked and not person.answered:
        return MissingPosts(person.name, None, None)
    return MissingPosts(person.name, *counts)


def _need(assignment: Assignment, where: str) -> Need | None:
    needs = [need for part in assignment.parts for question in part.questions for need in question.needs]
    return next((need for need in needs if need.where == where), None)
