"""What a proposal expected beside what came out: a difference in words, and never a verdict."""

import pytest

from repro.results.table import to_latex, to_markdown, to_terminal
from repro.spec.spec import Spread


@pytest.fixture
def proposal(made):
    def proposal(expected, values, *, partial=(), title="test/Accuracy"):
        number = None if expected is None else made.number(expected, 2.0).model_copy(update={"text": f"{expected} ± 2"})
        entry = made.reported("cnn", None, number=number, expected=True, where="", spread=Spread(kind="sd"))
        spec = made.spec(entries=[entry], kind="proposal", partial={"cnn": partial} if partial else {})
        return made.collected(spec, made.records("logistic", [30.0] * 5) + made.records("cnn", values))

    return proposal


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("90", "2 points worse than expected; what was expected lies outside our 95 % interval"),
        ("88.2", "0.2 points worse than expected; what was expected lies inside our 95 % interval"),
        ("85", "3 points better than expected; what was expected lies outside our 95 % interval"),
        ("88", "as expected"),
    ],
)
def test_the_difference_in_words_and_no_verdict(made, proposal, expected, said) -> None:
    row = made.row_of(proposal(expected, made.spread_to(88.0, 0.5, 5)), "cnn")
    assert row.sentence == said
    assert row.verdict is row.verdict_default is row.margin is None
    assert row.difference == pytest.approx(88.0 - float(expected))


def test_what_is_less_than_planned_is_said(made, proposal) -> None:
    found = proposal("90", [88.0, 89.0, 87.0, 88.0, 88.5], partial=("rung smoke: dataset",))
    assert "partial: rung smoke: dataset" in made.row_of(found, "cnn").notes
    assert found.headline == "nothing reported and nothing claimed"


def test_before_it_ran_and_where_nothing_was_expected(made, proposal) -> None:
    assert made.row_of(proposal("90", []), "cnn").sentence == "not run yet"
    assert made.row_of(proposal(None, [88.0, 89.0]), "cnn").sentence == "nothing was expected of this"
    assert made.row_of(proposal("90", []), "logistic").sentence == "nothing was expected of this"


def test_tables_call_the_column_expected_and_print_the_spread_once(proposal) -> None:
    found = proposal("90", [88.0, 89.0, 87.0, 88.0, 88.5])
    for text in (to_terminal(found, width=100), to_terminal(found, width=40), to_markdown(found), to_latex(found)):
        assert "expected" in text.lower()
        assert "paper" not in text.lower()
    terminal = to_terminal(found, width=100)
    assert "90 ± 2 " in terminal
    assert "90 ± 2 ± 2" not in terminal
    assert "88.1" in terminal
    assert "88.10" not in terminal
