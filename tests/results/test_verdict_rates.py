"""How often the verdict is wrong, simulated: the table of the rule, within the noise of the simulation."""

import math

import numpy as np
import pytest

from repro.results.estimate import estimates
from repro.results.inputs import Inputs
from repro.results.row import Verdict
from repro.results.verdict import decide

SD = 1.0


def rates(true_gap: float, delta: float, k: int, draws: int, seed: int) -> dict[Verdict, float]:
    """Shares of verdicts where the paper ran once and our true mean lies ``true_gap`` sd above the paper's."""
    generator = np.random.default_rng(seed)
    papers = generator.normal(50.0, SD, draws)
    ours = generator.normal(50.0 + true_gap, SD, (draws, k))
    counts = dict.fromkeys(Verdict, 0)
    for paper, values in zip(papers, ours, strict=True):
        inputs = Inputs(
            value=float(paper), half_width=0.005, margin=delta, values=tuple(values.tolist()), scale="unbounded",
            proportion=False, same_test_items=True, runs=1,
        )  # fmt: skip
        counts[decide(estimates(inputs, tau2=0.0)[0], delta)[0]] += 1
    return {verdict: n / draws for verdict, n in counts.items()}


def above(limit: float, draws: int) -> float:
    """The limit and four standard errors of a share estimated from so many draws."""
    return limit + 4 * math.sqrt(limit * (1 - limit) / draws)


def check_false_verdicts(k: int, delta: float, draws: int, seed: int) -> None:
    for sign in (1, -1):
        found = rates(sign * delta, delta, k, draws, seed)
        assert found[Verdict.REPRODUCED] <= above(0.052, draws)
        assert found[Verdict.NOT_REPRODUCED] <= above(0.027, draws)
        assert found[Verdict.EXCEEDS] <= above(0.027, draws)


def check_power(k: int, delta: float, expected: float, draws: int, seed: int) -> None:
    share = rates(0.0, delta, k, draws, seed)[Verdict.REPRODUCED]
    noise = 4 * math.sqrt(expected * (1 - expected) / draws) + 0.006  # the rule prints whole percents
    assert share == pytest.approx(expected, abs=noise)


LIMITS = [(3, 5.0), (5, 5.0), (10, 3.0)]
POWER = [(3, 5.0, 0.75), (5, 5.0, 0.96), (10, 5.0, 0.99), (3, 3.0, 0.33), (5, 3.0, 0.51), (10, 3.0, 0.68)]


@pytest.mark.slow
@pytest.mark.parametrize(("k", "delta"), LIMITS)
def test_false_verdicts_at_the_margin_are_rare(k, delta) -> None:
    check_false_verdicts(k, delta, 4_000, seed=k)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "delta", "expected"), POWER)
def test_power_at_true_equality(k, delta, expected) -> None:
    check_power(k, delta, expected, 4_000, seed=k)


@pytest.mark.slow
def test_undecidable_hides_few_failures() -> None:
    """Rows 5 sd below the paper: without the lower bound and the second condition 27 % would be UNDECIDABLE."""
    found = rates(-5.0, 2.0, 5, 4_000, seed=1)
    assert found[Verdict.UNDECIDABLE] < 0.1
    assert found[Verdict.REPRODUCED] == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize(("k", "delta"), [(k, d) for k in (3, 5, 10, 20) for d in (2.0, 3.0, 5.0, 8.0)])
def test_false_verdicts_at_the_margin_are_rare_in_the_long_run(k, delta) -> None:
    check_false_verdicts(k, delta, 20_000, seed=100 + k)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("k", "delta", "expected"), POWER)
def test_power_at_true_equality_in_the_long_run(k, delta, expected) -> None:
    check_power(k, delta, expected, 20_000, seed=100 + k)
