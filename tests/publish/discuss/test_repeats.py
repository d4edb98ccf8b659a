"""Which questions are taken for repeats: on made ones, of which some were set aside while the threshold was chosen."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_questions import OTHER, OTHER_ASIDE, REWORDED, REWORDED_ASIDE

from repro.publish.discuss.repeats import ALIKE, Repeat, repeats
from repro.publish.discuss.tokens import tokens


def found(groups: list[list[str]], others: list[str]) -> tuple[float, float]:
    """The share of rewordings that are found beside their own, and of other questions that are accused."""
    texts = [*others, *(text for group in groups for text in group)]
    whose = [-1 - n for n in range(len(others))] + [n for n, group in enumerate(groups) for _ in group]
    seen = repeats(texts)
    later = [at for at in range(len(texts)) if whose[at] >= 0 and whose[at] in whose[:at]]
    right = sum((one := seen[at]) is not None and whose[one.earlier] == whose[at] for at in later)
    wrong = sum(one is not None and whose[one.earlier] != whose[at] for at, one in enumerate(seen) if at not in later)
    return right / len(later), wrong / (len(texts) - len(later))


def test_most_rewordings_are_found_and_few_others_accused() -> None:
    recall, accused = found(REWORDED, OTHER)
    assert recall >= 0.75
    assert accused <= 0.10
    recall, accused = found(REWORDED_ASIDE, OTHER_ASIDE)
    assert recall >= 0.75
    assert accused <= 0.15


def test_the_same_words_are_a_repeat_whatever_their_signs() -> None:
    assert repeats(["Why so?", "Who cares about seeds?", '"why  SO"']) == [None, None, Repeat(0, 1.0)]


def test_a_repeat_is_of_the_most_alike_of_those_before() -> None:
    texts = [
        "How long are the recordings of violins?",
        "How long are the recordings of flutes?",
        "How long are flutes' recordings?",
    ]
    one = repeats(texts)[2]
    assert one is not None
    assert one.earlier == 1


def test_questions_on_two_papers_are_no_repeats() -> None:
    texts = ["Why was only one random seed used?"] * 3
    assert repeats(texts, ["a", "b", "a"]) == [None, None, Repeat(0, 1.0)]
    texts = [
        "Why was only one random seed used?",
        "Why only one random seed, tell me?",
        "Why this only one random seed?",
    ]
    assert [None if one is None else one.earlier for one in repeats(texts, ["a", "b", ""])][1:] == [None, 0]
    assert [None if one is None else one.earlier for one in repeats(texts, ["a", "a", "b"])] == [None, 0, None]


@pytest.mark.parametrize(
    ("cosine", "words"),
    [
        (1.0, "the same words"),
        (0.8, "nearly the same words"),
        (0.6, "much alike"),
        (0.4, "alike"),
        (0.26, "perhaps alike"),
    ],
)
def test_how_sure_it_is(cosine: float, words: str) -> None:
    assert Repeat(0, cosine).sure == words


@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_texts_at_all(texts: list[str]) -> None:
    seen = repeats(texts)
    assert len(seen) == len(texts)
    assert all(one is None or (one.earlier < at and ALIKE <= one.cosine <= 1) for at, one in enumerate(seen))


def test_words_are_those_that_tell_questions_apart() -> None:
    assert tokens("Why did the authors use only a single random seed?") == tokens("why only a single RANDOM seeds")
    assert tokens("Schläge, s'il vous plaît") == ["schlag", "il", "vou", "plait"]
    assert tokens("Почему так?") == ["почему", "так"]
    assert tokens("") == []


def test_sklearn_is_imported_only_to_compare() -> None:
    code = (
        "import sys, repro.cli.main, repro.cli.discuss, repro.publish.discuss.discussion\n"
        "print({'sklearn', 'torch', 'pandas'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
