"""What a spec holds where a question looks for an answer: a student's own words, or facts that only a student gives."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from repro.publish.assignments.recipe import is_as_started
from repro.spec.own_folder import is_folder
from repro.spec.place import Place
from repro.spec.spec import Answer, Spec

ANSWERS = "answers."
"""What a need begins with that is answered by a text under ``answers``."""

PROSE = frozenset({"question", "dataset.why", "questions", "answers_to_peers"})
"""Places whose texts are a student's own sentences, beside those under ``answers``; the others hold facts or lists."""

RESULTS = "results"
"""A need that records answer, and no text."""

_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


@dataclass(frozen=True)
class AnswerTexts:
    """The texts that answer, each with its place; ``place`` is where an answer belongs.

    ``lacks`` says what is wrong where there are no texts, other than that nothing is written.
    """

    place: Place
    texts: tuple[tuple[Place, str], ...]
    lacks: str = ""


def is_prose(where: str) -> bool:
    """Whether a student's own sentences stand there."""
    return where in PROSE or where.startswith(ANSWERS)


def words(text: str) -> int:
    """How many words a text has.

    >>> words("A CNN's first layer, 80 samples long (10 ms) ..."), words("...")
    (9, 0)
    """
    return len(_WORD.findall(text))


def answer_texts(spec: Spec, where: str) -> AnswerTexts:
    """What stands there; open texts are left out.

    Raises:
        KeyError: no such place; see :func:`known`.

    """
    if where.startswith(ANSWERS):
        answer = spec.answers.get(where.removeprefix(ANSWERS))
        place = _at(spec, "answers") if answer is None else answer.place
        return _kept(place, [] if answer is None else [(place, answer.text)])
    return _READERS[where](spec)


def known(where: str) -> bool:
    """Whether a question can look there."""
    return where in _READERS or (where.startswith(ANSWERS) and len(where) > len(ANSWERS)) or where == RESULTS


def places() -> list[str]:
    """The names of all places but those under ``answers``."""
    return [RESULTS, *_READERS]


def _kept(place: Place, texts: Sequence[tuple[Place, str]]) -> AnswerTexts:
    return AnswerTexts(place, tuple((at, text) for at, text in texts if not Answer(text=text).is_open))


def _at(spec: Spec, word: str) -> Place:
    return spec.places.get(word, spec.place)


def _question(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "question"), [(_at(spec, "question"), spec.question)])


def _why(spec: Spec) -> AnswerTexts:
    place = _at(spec, "dataset")
    return _kept(place, [(place, spec.experiments[spec.baseline].dataset.why)])


def _related(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "related_work"), [(work.place, work.summary) for work in spec.related_work.values()])


def _counts(spec: Spec) -> AnswerTexts:
    """Where the number of items is known: written down, seen in a folder or a frozen split, or a fact of a data set."""
    from repro.data.part_counts import part_counts  # numpy, for which no other question waits

    experiment = spec.experiments[spec.baseline]
    place = _at(spec, "splits")
    counts = part_counts(spec, experiment)
    if counts is not None:
        listing = ", ".join(f"{part} {count}" for part, count in counts.parts.items())
        return AnswerTexts(place, ((place, listing or f"{counts.items} items"),))
    if is_folder(experiment.dataset.name):
        todo = (
            f"put the data into {experiment.dataset.name}, or write how many there will be, items: 240, under dataset"
        )
    else:
        todo = "write counts, such as {train: 80, test: 20}, or run it: the split that it freezes has them"
    return AnswerTexts(place, (), f"nobody knows yet how many items these are: {todo}")


def _expected(spec: Spec) -> AnswerTexts:
    numbers = [
        (reported.place, reported.number.text)
        for reported in spec.reported
        if reported.expected and reported.number is not None
    ]
    return _kept(_at(spec, "expected"), numbers)


def _reported(spec: Spec) -> AnswerTexts:
    numbers = [
        (reported.place, reported.number.text)
        for reported in spec.reported
        if not reported.expected and reported.number is not None
    ]
    return _kept(_at(spec, "reported"), numbers)


def _experiments(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "experiments"), [(experiment.place, name) for name, experiment in spec.experiments.items()])


def _recipe(spec: Spec) -> AnswerTexts:
    place = _at(spec, "experiments")
    if is_as_started(spec):
        return AnswerTexts(place, (), "still the recipe that `repro new` writes")
    return AnswerTexts(place, ((place, spec.baseline),))


def _figures(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "figures"), [(figure.place, figure.name) for figure in spec.figures])


def _claims(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "claims"), [(claim.place, " ".join(claim.experiments)) for claim in spec.claims])


def _reproduced(spec: Spec) -> AnswerTexts:
    chosen: Mapping[str, str] = spec.extra.get("figure_to_reproduce", {})
    place = _at(spec, "figure_to_reproduce")
    return _kept(place, [(place, chosen["figure"])] if "figure" in chosen else [])


def _asked(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "questions"), [(question.place, question.ask) for question in spec.questions])


def _said(spec: Spec) -> AnswerTexts:
    return _kept(_at(spec, "answers_to_peers"), [(answer.place, answer.answer) for answer in spec.answers_to_peers])


_READERS: dict[str, Callable[[Spec], AnswerTexts]] = {
    "question": _question,
    "dataset.why": _why,
    "counts": _counts,
    "related_work": _related,
    "experiments": _experiments,
    "recipe": _recipe,
    "expected": _expected,
    "reported": _reported,
    "claims": _claims,
    "figures": _figures,
    "figure_to_reproduce": _reproduced,
    "questions": _asked,
    "answers_to_peers": _said,
}
