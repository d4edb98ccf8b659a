"""The deck asks the course: a teacher's own questions stand on slides and in notes, in the course's order."""

from dataclasses import replace
from pathlib import Path

import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document_model import plain
from repro.publish.slides.make_deck import MOST, make_deck
from repro.spec.spec import Answer

ETHICS = "Nobody is in these signals. They are drawn by a program, so no person can be harmed by them. " * 2


def course(tmp_path: Path, questions: str) -> list:
    text = f"assignments: {{1a: {{title: T, folder: paper, parts: [{{questions: [{questions}]}}]}}}}\n"
    (tmp_path / "course.yaml").write_text(text)
    return list(load_course(tmp_path / "course.yaml").of_kind("paper"))


@pytest.fixture
def written(own, subject_of):
    """A subject with an answer to a question of a teacher's own."""
    subject = subject_of(own)
    answers = {**subject.spec.answers, "ethics": Answer(text=ETHICS), "cost": Answer(text="Two minutes. " * 9)}
    return replace(subject, spec=subject.spec.model_copy(update={"answers": answers}))


def titles(deck) -> list[str]:
    return [slide.title for slide in deck.slides]


ASK = "Whom could this harm, and how?"
ETHICAL = f"{{name: ethics, ask: {ASK!r}, needs: {{answers.ethics: {{words: 10}}}}}}"
ASKED = "What does it ask?"
QUESTION = f"{{name: q, ask: {ASKED!r}, needs: {{question: {{}}}}}}"


@pytest.mark.parametrize(
    "question",
    [
        ETHICAL,
        f"{{name: data, ask: {ASK!r}, needs: {{answers.ethics: {{}}}}, shows: [dataset]}}",
        f"{{name: results, ask: {ASK!r}, needs: {{answers.ethics: {{words: 10}}, results: {{}}}}, shows: [results]}}",
        f"{{name: both, ask: {ASK!r}, needs: {{answers.ethics: {{}}, dataset.why: {{}}}}, shows: [dataset]}}",
    ],
)
def test_a_teachers_own_question_is_on_a_slide_and_in_its_notes(written, question, tmp_path) -> None:
    deck = make_deck(written, course(tmp_path, f"{QUESTION}, {question}"))
    slide = next(one for one in deck.slides if one.title == ASK)
    assert "Nobody is in these signals." in [plain(one) for one in slide.bullets]
    assert ETHICS.strip() in slide.notes
    assert slide.notes.startswith(ASK)


def test_its_gap_is_on_a_slide(subject, tmp_path) -> None:
    deck = make_deck(subject, course(tmp_path, f"{QUESTION}, {ETHICAL}"))
    slide = next(one for one in deck.slides if one.title == "Still to be written")
    assert [plain(one) for one in slide.bullets] == [f"[still to be written: {ASK}]"]
    assert ASK in slide.notes


def test_the_order_is_the_courses(written, tmp_path) -> None:
    questions = [
        ETHICAL,
        "{name: a, ask: 'How was it trained?', shows: [training]}",
        QUESTION,
        "{name: b, ask: 'What came out?', shows: [results]}",
        "{name: c, ask: 'What did it cost?', needs: {answers.cost: {}}}",
        "{name: d, ask: 'Which data?', shows: [dataset, splits]}",
    ]
    found = titles(make_deck(written, course(tmp_path, ", ".join(questions))))
    order = [ASK, "How it was trained", "The question", "Results against the paper", "What did it cost?", "The data"]
    assert found[: len(order)] == order
    assert found[-1] == "What differs, and what limits this"
    assert "Experiments" in found


def test_without_a_question_about_the_question_it_still_begins_with_it(subject, tmp_path) -> None:
    assert titles(make_deck(subject, ()))[0] == "The question"
    assert titles(make_deck(subject, course(tmp_path, ETHICAL)))[0] == "The question"


def test_what_no_slide_has_room_for_is_said_and_in_the_notes(written, tmp_path) -> None:
    many = [f"{{name: q{n}, ask: 'Question {n}?', needs: {{answers.ethics: {{}}}}}}" for n in range(20)]
    deck = make_deck(written, course(tmp_path, ", ".join([QUESTION, *many])))
    assert deck.count == MOST
    assert titles(deck)[-1] == "What differs, and what limits this"
    notes = "\n".join(slide.notes for slide in deck.slides)
    assert all(f"Question {n}?" in notes for n in range(20))
    left = [line for line in deck.warnings if line.startswith("left out")]
    assert all(any(f"Question {n}?" in line for line in left) or f"Question {n}?" in titles(deck) for n in range(20))


def test_no_question_is_known_by_its_name(subject, tmp_path) -> None:
    """The tool's course with other names and other words gives the same slides."""
    tools = load_course().of_kind("paper")
    renamed = [
        replace(
            one,
            parts=tuple(
                replace(part, questions=tuple(replace(q, name=f"x{n}") for n, q in enumerate(part.questions)))
                for part in one.parts
            ),
        )
        for one in tools
    ]
    first, second = make_deck(subject, tools), make_deck(subject, renamed)
    assert titles(first) == titles(second)
    assert [slide.notes for slide in first.slides] == [slide.notes for slide in second.slides]
