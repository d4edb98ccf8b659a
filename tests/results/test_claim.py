"""One comparison: paired differences against scipy's paired t test, and each verdict at its border."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from repro.results.claim import ClaimVerdict, Sample, beats, compare, probability_better, same


def sample(*values, constant=False):
    return Sample(dict(enumerate(values)), constant)


@settings(deadline=None)
@given(st.integers(2, 30), st.integers(0, 1000))
def test_the_interval_is_that_of_a_paired_t_test(n, seed) -> None:
    a, b = np.random.default_rng(seed).normal(0, 1, (2, n))
    found = compare(sample(*a.tolist()), sample(*b.tolist()))
    expected = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert found.ci95 == pytest.approx((expected.low, expected.high), rel=1e-8, abs=1e-10)
    assert found.mean == pytest.approx(float(np.mean(a - b)))
    u = stats.mannwhitneyu(a, b).statistic / n**2
    assert found.probability == pytest.approx(u)


def test_a_hand_worked_comparison() -> None:
    """Differences 2, 3, 4: mean 3, sd 1, t(2, .975) = 4.3027, so 3 -+ 2.4841."""
    found = compare(sample(12.0, 13.0, 14.0), sample(10.0, 10.0, 10.0), threshold=0.5)
    assert found.mean == 3.0
    assert found.ci95 == pytest.approx((0.5158622, 5.4841378), abs=1e-6)
    assert found.verdict is ClaimVerdict.HOLDS
    assert (found.pairs, found.agree, found.probability) == (3, 3, 1.0)


@pytest.mark.parametrize(
    ("interval", "by", "expected"),
    [
        ((20.1, 30), 20, "HOLDS"), ((20.0, 30), 20, "NOT SHOWN"), ((-1, 19.9), 20, "FAILS"),
        ((-9, -0.1), 20, "REVERSED"),
        ((-1, 21), 20, "NOT SHOWN"), ((0.1, 1), 0, "HOLDS"), ((-1, -0.1), 0, "REVERSED"), ((-1, 1), 0, "NOT SHOWN"),
    ],
)  # fmt: skip
def test_beats(interval, by, expected) -> None:
    assert beats(interval, by) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((-1.9, 1.9), "HOLDS"),
        ((2.1, 5), "FAILS"),
        ((-5, -2.1), "FAILS"),
        ((-1, 2.1), "NOT SHOWN"),
        ((-9, 9), "NOT SHOWN"),
    ],
)
def test_same(interval, expected) -> None:
    assert same(interval, 2.0) == expected


def test_less_is_better() -> None:
    low, high = sample(1.0, 1.1, 0.9), sample(3.0, 3.2, 2.9)
    assert compare(low, high, direction="min").verdict is ClaimVerdict.HOLDS
    assert compare(low, high, direction="max").verdict is ClaimVerdict.REVERSED


def test_only_seeds_in_common_are_paired() -> None:
    found = compare(Sample({0: 5.0, 1: 6.0, 2: 7.0}), Sample({1: 1.0, 2: 2.0, 9: 50.0}))
    assert (found.pairs, found.mean) == (2, 5.0)
    none = compare(Sample({0: 5.0}), Sample({1: 1.0}))
    assert (none.verdict, none.mean, none.missing) == (ClaimVerdict.NOT_SHOWN, None, "no seed in common")


def test_a_constant_experiment_pairs_its_one_value_with_every_seed() -> None:
    net, constant = sample(95.0, 96.0, 97.0), Sample({7: 90.0}, constant=True)
    found = compare(net, constant)
    assert (found.pairs, found.mean, found.verdict) == (3, 6.0, ClaimVerdict.HOLDS)
    turned = compare(constant, net)
    assert (turned.pairs, turned.mean, turned.verdict) == (3, -6.0, ClaimVerdict.REVERSED)


def test_two_constant_experiments_need_no_interval() -> None:
    found = compare(sample(95.0, constant=True), sample(90.0, constant=True), threshold=4.0)
    assert (found.pairs, found.exact, found.verdict) == (1, True, ClaimVerdict.HOLDS)


def test_one_pair_shows_nothing() -> None:
    found = compare(sample(95.0), sample(10.0))
    assert (found.verdict, found.ci95, found.mean) == (ClaimVerdict.NOT_SHOWN, None, 85.0)


def test_significant_needs_six_pairs() -> None:
    def with_pairs(n):
        return compare(sample(*(10 + 0.1 * i for i in range(n))), sample(*([1.0] * n)))

    assert not with_pairs(5).significant
    assert with_pairs(6).significant
    unclear = compare(sample(1, 2, 3, 4, 5, 6), sample(6, 5, 4, 3, 2, 1))
    assert not unclear.significant


def test_agree_counts_pairs_for_which_the_claim_is_true() -> None:
    found = compare(sample(30.0, 10.0, 40.0), sample(0.0, 0.0, 0.0), threshold=20.0)
    assert found.agree == 2
    apart = compare(sample(1.0, 5.0), sample(0.0, 0.0), kind="same", threshold=2.0)
    assert apart.agree == 1


def test_ties_count_half() -> None:
    assert probability_better([1.0, 2.0], [1.0, 0.0]) == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert probability_better([], [1.0]) is None
