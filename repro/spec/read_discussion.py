"""`questions` and `answers_to_peers`: what a student asks about a guest's paper, and says to others who asked."""

from repro.spec.keywords import PEER_ANSWER_KEYS, PEER_QUESTION_KEYS
from repro.spec.reading import Reading, is_none, listed
from repro.spec.spec import PeerAnswer, PeerQuestion
from repro.spec.tree import Node, TextNode


def read_questions(node: Node | None, reading: Reading) -> tuple[PeerQuestion, ...]:
    """Each a text, or ``{paper: KEY, ask: TEXT}`` where a discussion holds several papers."""
    questions = []
    for item in _items(node):
        if isinstance(item, TextNode):
            text = reading.text(item, "questions")
            fields = {} if text is None else {"ask": text}
        else:
            fields = _texts(
                item, "questions", PEER_QUESTION_KEYS, ("ask",), '{paper: smith2020, ask: "Why ...?"}', reading
            )
        if "ask" in fields:
            questions.append(PeerQuestion(place=item.place, ask=fields["ask"], paper=fields.get("paper", "")))
    return tuple(questions)


def read_answers_to_peers(node: Node | None, reading: Reading) -> tuple[PeerAnswer, ...]:
    """Each says whom it answers and what: ``{to: NAME, ask: their question, answer: TEXT}``."""
    answers = []
    for item in _items(node):
        example = '{to: THEIR FOLDER, ask: "their question", answer: "..."}'
        fields = _texts(item, "answers_to_peers", PEER_ANSWER_KEYS, ("to", "answer"), example, reading)
        if "to" in fields and "answer" in fields:
            answers.append(PeerAnswer(place=item.place, **fields))
    return tuple(answers)


def _items(node: Node | None) -> list[Node]:
    return [] if node is None or is_none(node) else list(listed(node))


def _texts(
    node: Node, key: str, known: tuple[str, ...], need: tuple[str, ...], example: str, reading: Reading
) -> dict[str, str]:
    fields = reading.block(node, key, known, need=need, example=example) or {}
    return {name: text for name, value in fields.items() if (text := reading.text(value, f"{key}.{name}")) is not None}
