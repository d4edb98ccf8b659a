"""`questions` and `answers_to_peers`: what a student asks about a guest's paper, and says to others who asked."""

from repro.spec.keywords import PEER_ANSWER_KEYS, PEER_QUESTION_KEYS
from repro.spec.reading import Reading, is_none, listed
from repro.spec.spec import PeerAnswer, PeerQuestion
from repro.spec.tree import Node, TextNode


def read_questions(node: Node | None, reading: Reading) -> tuple[PeerQuestion, ...]:
    """Each a text, or ``{paper: KEY, ask: TEXT}`` where a discussion holds several papers."""
    found = []
    for one in _items(node):
        if isinstance(one, TextNode):
            text = reading.text(one, "questions")
            given = {} if text is None else {"ask": text}
        else:
            given = _texts(
                one, "questions", PEER_QUESTION_KEYS, ("ask",), '{paper: smith2020, ask: "Why ...?"}', reading
            )
        if "ask" in given:
            found.append(PeerQuestion(place=one.place, ask=given["ask"], paper=given.get("paper", "")))
    return tuple(found)


def read_answers_to_peers(node: Node | None, reading: Reading) -> tuple[PeerAnswer, ...]:
    """Each says whom it answers and what: ``{to: NAME, ask: their question, answer: TEXT}``."""
    found = []
    for one in _items(node):
        example = '{to: THEIR FOLDER, ask: "their question", answer: "..."}'
        given = _texts(one, "answers_to_peers", PEER_ANSWER_KEYS, ("to", "answer"), example, reading)
        if "to" in given and "answer" in given:
            found.append(PeerAnswer(place=one.place, **given))
    return tuple(found)


def _items(node: Node | None) -> list[Node]:
    return [] if node is None or is_none(node) else list(listed(node))


def _texts(
    node: Node, key: str, known: tuple[str, ...], need: tuple[str, ...], example: str, reading: Reading
) -> dict[str, str]:
    given = reading.block(node, key, known, need=need, example=example) or {}
    return {name: text for name, one in given.items() if (text := reading.text(one, f"{key}.{name}")) is not None}
