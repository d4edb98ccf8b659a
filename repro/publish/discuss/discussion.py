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
        return sum(repeat is not None for repeat in self.repeats)


def discussions_of(course: Course) -> tuple[Assignment, ...]:
    """The assignments that papers are discussed in; without ``papers`` in the course the first that wants questions."""
    wanting = [assignment for assignment in course.assignments.values() if _need(assignment, "questions") is not None]
    with_papers = tuple(assignment for assignment in wanting if assignment.papers)
    return with_papers or tuple(wanting[:1])


def discussion(assignment: Assignment, people: Sequence[Person], thread: Sequence[StudentQuestion] = ()) -> Discussion:
    """Put together what all said.

    Args:
        assignment: says which papers it is on and how much is wanted.
        people: in the order of their folders.
        thread: questions of a pasted discussion, in its order.

    """
    own_questions = [question for person in people for question in person.asked if _on(question, assignment)]
    questions, order = _in_order(own_questions, thread)
    answered = tuple(answer for person in people for answer in person.answered if _on(answer, assignment))
    known = {name.casefold(): person.name for person in people for name in person.names}
    counting = [answer for answer in answered if known.get(answer.to.casefold(), answer.who) != answer.who]
    flags = [flag for answer in answered if (flag := _wrong_peer(answer, known, people))]
    everything = [post for person in people for post in _all(person)]
    flags += [flag for post in everything if (flag := _wrong_paper(post, assignment))]
    return Discussion(
        assignment,
        tuple(questions),
        tuple(repeats([question.text for question in questions], [question.on for question in questions])),
        answered,
        tuple(owing for person in people if (owing := _owing(person, assignment, own_questions, counting)) is not None),
        tuple(dict.fromkeys(flags)),
        order,
    )


def _all(person: Person) -> list[StudentQuestion | StudentAnswer]:
    return [*person.asked, *person.answered]


def _on(post: StudentQuestion | StudentAnswer, assignment: Assignment) -> bool:
    if not assignment.papers:
        return True
    return post.on in assignment.papers if post.on else assignment.unnamed


def _in_order(
    own_questions: Sequence[StudentQuestion], thread: Sequence[StudentQuestion]
) -> tuple[list[StudentQuestion], str]:
    """The thread first, then by the roster's dates, then by folder; a question that stands in both is its asker's."""
    lines = {same_words(question.text): question.line for question in thread}
    marked = []
    taken: set[str] = set()
    for question in sorted(
        own_questions, key=lambda post: (post.when is None, post.when.timestamp() if post.when else 0.0)
    ):
        key = same_words(question.text)
        line = lines.get(key) if key not in taken else None
        taken.add(key)
        marked.append(replace(question, line=line))
    dated = sum(question.when is not None for question in own_questions)
    left = [question for question in thread if same_words(question.text) not in taken]
    in_thread = [question for question in marked if question.line is not None and question.when is None]
    rest = [question for question in marked if question not in in_thread]
    both = sorted([*left, *in_thread], key=lambda post: post.line or 0)
    sources = ["the thread"] if thread else []
    sources += [f"the roster's dates ({dated} of {len(own_questions)} questions)"] if dated else []
    sources += ["the order of the folders"] if dated < len(own_questions) or not sources else []
    return [*both, *rest], ", then ".join(sources)


def _wrong_peer(answer: StudentAnswer, known: dict[str, str], people: Sequence[Person]) -> str:
    who = known.get(answer.to.casefold())
    if who is None:
        return (
            f"{answer.place}: answers_to_peers.to: {unknown('name', answer.to, [p.name for p in people])} (nobody here)"
        )
    if who == answer.who:
        return f"{answer.place}: answers_to_peers.to: {answer.to!r} is whoever writes this; it counts for nobody"
    return ""


def _wrong_paper(post: StudentQuestion | StudentAnswer, assignment: Assignment) -> str:
    """What to say of one that names no paper, where there are several to name."""
    if post.on or not assignment.papers:
        return ""
    which = f"write paper: {' or '.join(assignment.papers)}"
    if not assignment.unnamed:
        return f"{post.place}: names no paper and counts nowhere; {which}"
    return f"{post.place}: does not say on which paper; {which}" if _is_open(post, assignment) else ""


def _is_open(post: StudentQuestion | StudentAnswer, assignment: Assignment) -> bool:
    return isinstance(post, StudentQuestion) and len(assignment.papers) > 1


def unknown_papers(course: Course, people: Sequence[Person]) -> list[str]:
    """A line for each question and answer on a paper that no discussion of the course is about."""
    keys = [key for papers in course.papers.values() for key in papers]
    if not keys:
        return []
    posts = [post for person in people for post in _all(person) if post.on and post.on not in keys]
    return [f"{post.place}: paper: {unknown('paper', post.on, keys)} (it counts nowhere)" for post in posts]


def _owing(
    person: Person, assignment: Assignment, questions: Sequence[StudentQuestion], answered: Sequence[StudentAnswer]
) -> MissingPosts | None:
    """What a person still owes; None where it is nothing. The same question twice is one."""
    counts = []
    for where, texts in (
        (
            "questions",
            list(
                {
                    same_words(question.text): question.text for question in questions if question.who == person.name
                }.values()
            ),
        ),
        ("answers_to_peers", [answer.text for answer in answered if answer.who == person.name]),
    ):
        need = _need(assignment, where)
        long = 0 if need is None else sum(words(text) >= need.words for text in texts)
        counts.append(0 if need is None else max(0, max(1, need.items) - long))
    if not any(counts):
        return None
    if person.unread and not person.is_absent and not person.asked and not person.answered:
        return MissingPosts(person.name, None, None)
    return MissingPosts(person.name, *counts)


def _need(assignment: Assignment, where: str) -> Need | None:
    needs = [need for part in assignment.parts for question in part.questions for need in question.needs]
    return next((need for need in needs if need.where == where), None)
