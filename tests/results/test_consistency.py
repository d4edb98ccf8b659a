"""Agreement with shipped results."""

import dataclasses
import math

import pytest

from repro.results.collect import results
from repro.results.consistency import check_consistency, predicted
from repro.results.row import Verdict


@pytest.fixture
def make(made):
    def collected(logistic, cnn, **changes):
        spec = made.spec(entries=[made.reported("logistic", "32"), made.reported("cnn", "94")], **changes)
        records = [
            r.model_copy(update={"rung": spec.rung})
            for r in made.records("logistic", logistic) + made.records("cnn", cnn)
        ]
        return results(spec, made.plan(spec), records)

    return collected


LOGISTIC, CNN = [31.0, 31.5, 32.2, 31.9, 31.4], [93.6, 94.1, 93.9, 94.3, 93.8]


def test_equal_values_agree(make) -> None:
    said = check_consistency(make(LOGISTIC, CNN), make(LOGISTIC, CNN))
    assert str(said) == "agrees with the shipped results: 2 of 2 rows"
    assert said.differing == ()


def test_other_bytes_inside_the_prediction_interval_agree(make) -> None:
    shipped = make(LOGISTIC, CNN)
    low, high = predicted(shipped.rows[1], 5)
    sd = shipped.rows[1].sd
    assert (high - low) / 2 == pytest.approx(2.7764451 * sd * math.sqrt(2 / 5))
    moved = [v + 0.9 * (high - shipped.rows[1].mean) for v in CNN]
    near = check_consistency(make(LOGISTIC, moved), shipped)
    row = make(LOGISTIC, moved).rows[1]
    assert (near.agreeing == 2) == (row.verdict == shipped.rows[1].verdict)


def test_a_mean_further_off_than_runs_differ_does_not_agree(make) -> None:
    shipped = make(LOGISTIC, CNN)
    far = dataclasses.replace(shipped.rows[1], values=tuple(v + 2 for v in CNN), mean=shipped.rows[1].mean + 2)
    said = check_consistency(dataclasses.replace(shipped, rows=(shipped.rows[0], far)), shipped)
    assert str(said) == "does not agree with the shipped results: 1 of 2 rows"
    assert "further than runs differ" in said.differing[0]


def test_another_verdict_does_not_agree_even_on_close_means(make) -> None:
    shipped = make(LOGISTIC, CNN)
    other = dataclasses.replace(shipped.rows[1], verdict=Verdict.INCONCLUSIVE)
    said = check_consistency(dataclasses.replace(shipped, rows=(shipped.rows[0], other)), shipped)
    assert said.agreeing == 1
    assert "on the same values" in said.differing[0]


def test_rungs_are_not_mixed_and_nothing_is_not_agreement(make) -> None:
    said = check_consistency(make(LOGISTIC, CNN, rung="smoke"), make(LOGISTIC, CNN))
    assert str(said) == "not compared with the shipped results: they are of rung full, this is smoke"
    assert (
        str(check_consistency(make(LOGISTIC, CNN), make([], [])))
        == "not compared with the shipped results: there are none"
    )


def test_a_row_that_was_not_shipped_is_a_difference(make) -> None:
    said = check_consistency(make(LOGISTIC, CNN), make(LOGISTIC, []))
    assert (said.compared, said.agreeing) == (2, 1)
    assert "not among the shipped results" in said.differing[0]
