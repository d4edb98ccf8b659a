"""Power before anything runs: the chance that it states is how often the claim's own rule says HOLDS."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import nctdtr

from repro.results import quantiles
from repro.results.claim import ClaimVerdict, Sample, compare
from repro.results.claims import together
from repro.results.power import MOST, WANTED, chance, chance_of_all, least, pairs_needed

POINTS = 0.03
"""How near the stated power has to be to the simulated one."""


def simulated(pairs, difference, sds, threshold, kind, *, draws, seed=0):
    """How often :func:`compare` says HOLDS of runs drawn from what is expected."""
    rng = np.random.default_rng(seed)
    holds = 0
    for _ in range(draws):
        ours = 70 + difference + sds[0] * rng.standard_normal(pairs)
        theirs = 70 + sds[1] * rng.standard_normal(pairs)
        verdict = compare(
            Sample(dict(enumerate(ours))), Sample(dict(enumerate(theirs))), kind=kind, threshold=threshold
        ).verdict
        holds += verdict is ClaimVerdict.HOLDS
    return holds / draws


def both(sds):
    return float(np.hypot(*sds))


CASES = [
    (10.0, (3.0, 3.0), 5.0, "beats"),
    (3.0, (1.0, 2.0), 0.0, "beats"),
    (2.0, (2.0, 0.0), 1.0, "beats"),
    (30.0, (1.0, 1.0), 5.0, "beats"),
    (1.0, (1.5, 1.5), 4.0, "same"),
]
each_case = pytest.mark.parametrize(("difference", "sds", "threshold", "kind"), CASES)


@each_case
def test_the_seeds_that_are_named_reach_the_stated_power(difference, sds, threshold, kind) -> None:
    needed = pairs_needed(difference, both(sds), threshold, kind)
    found = simulated(needed, difference, sds, threshold, kind, draws=1500)
    assert found == pytest.approx(chance(needed, difference, both(sds), threshold, kind), abs=POINTS)
    assert found >= WANTED - POINTS


def many(means, sds, pairs, *, draws):
    """Values of so many experiments, drawn often: ``(draws, pairs)`` each."""
    rng = np.random.default_rng(pairs)
    return [mean + sd * rng.standard_normal((draws, pairs)) for mean, sd in zip(means, sds, strict=True)]


def verdicts(ours, theirs, threshold, kind):
    """Whether each draw holds, all at once; the first ones are also judged by :func:`compare` itself."""
    differences = ours - theirs
    half = quantiles.t(ours.shape[1] - 1, 0.975) * differences.std(axis=1, ddof=1) / ours.shape[1] ** 0.5
    low, high = differences.mean(axis=1) - half, differences.mean(axis=1) + half
    holds = low > threshold if kind == "beats" else (low >= -threshold) & (high <= threshold)
    for one, other, held in zip(ours[:10], theirs[:10], holds[:10], strict=True):
        samples = Sample(dict(enumerate(one))), Sample(dict(enumerate(other)))
        assert (compare(*samples, kind=kind, threshold=threshold).verdict is ClaimVerdict.HOLDS) == held
    return holds


@pytest.mark.exhaustive
@pytest.mark.parametrize("threshold", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("beyond", [0.5, 1.5, 4.0, 12.0])
@pytest.mark.parametrize("sds", [(1.0, 1.0), (0.5, 3.0), (4.0, 0.0)])
@pytest.mark.parametrize("kind", ["beats", "same"])
def test_the_stated_power_is_met_everywhere(threshold, beyond, sds, kind) -> None:
    difference = threshold + beyond if kind == "beats" else threshold / 2
    within = threshold if kind == "beats" else threshold + beyond
    needed = pairs_needed(difference, both(sds), within, kind)
    for pairs in {2, 3, 5, 10, min(needed or 60, 60)}:
        ours, theirs = many((70 + difference, 70.0), sds, pairs, draws=10_000)
        found = verdicts(ours, theirs, within, kind).mean()
        assert found == pytest.approx(chance(pairs, difference, both(sds), within, kind), abs=POINTS)


@pytest.mark.parametrize("pairs", [2, 3, 5, 8, 20, 100])
@pytest.mark.parametrize("beyond", [0.2, 1.0, 3.0])
def test_better_by_is_one_minus_the_noncentral_t(pairs, beyond) -> None:
    stated = chance(pairs, 5.0 + beyond, 2.0, 5.0)
    exact = 1 - nctdtr(pairs - 1, beyond / 2.0 * pairs**0.5, quantiles.t(pairs - 1, 0.975))
    assert stated == pytest.approx(exact, abs=5e-4)


@each_case
def test_one_seed_fewer_is_not_enough(difference, sds, threshold, kind) -> None:
    needed = pairs_needed(difference, both(sds), threshold, kind)
    assert chance(needed, difference, both(sds), threshold, kind) >= WANTED
    assert needed == 2 or chance(needed - 1, difference, both(sds), threshold, kind) < WANTED


def test_no_seeds_show_what_is_not_there() -> None:
    assert pairs_needed(5.0, 2.0, 5.0) is None
    assert pairs_needed(4.0, 2.0, 5.0) is None
    assert pairs_needed(5.01, 2.0, 5.0) is None  # there, and so small that 1000 seeds are too few
    assert chance(MOST, 5.0, 2.0, 5.0) == pytest.approx(0.025, abs=1e-3)
    assert pairs_needed(4.0, 2.0, 3.0, "same") is None


def test_one_pair_never_holds_and_without_spread_two_do() -> None:
    assert chance(1, 50.0, 1.0, 0.0) == chance(0, 50.0, 1.0, 0.0) == 0.0
    assert (chance(2, 6.0, 0.0, 5.0), chance(2, 5.0, 0.0, 5.0)) == (1.0, 0.0)
    assert (chance(2, -3.0, 0.0, 3.0, "same"), chance(2, 3.1, 0.0, 3.0, "same")) == (1.0, 0.0)
    assert pairs_needed(6.0, 0.0, 5.0) == 2


def test_the_least_number_is_found_wherever_it_lies() -> None:
    for wanted in (2, 3, 4, 5, 31, 64, 65, 999, 1000):
        assert least(lambda n, wanted=wanted: float(n >= wanted)) == wanted
    assert least(lambda n: 0.0) is None


def simulated_order(pairs, means, sds, by, *, draws):
    rng = np.random.default_rng(pairs)
    holds = 0
    for _ in range(draws):
        samples = [Sample(dict(enumerate(m + s * rng.standard_normal(pairs)))) for m, s in zip(means, sds, strict=True)]
        verdicts = [compare(a, b, threshold=by).verdict for a, b in pairwise(samples)]
        holds += together(verdicts) is ClaimVerdict.HOLDS
    return holds / draws


@pytest.mark.parametrize("pairs", [2, 4, 6, 12])
def test_an_order_holds_as_often_as_stated(pairs) -> None:
    means, sds = (90.0, 85.0, 78.0), (2.0, 2.0, 3.0)
    found = simulated_order(pairs, means, sds, 1.0, draws=1500)
    assert found == pytest.approx(chance_of_all(pairs, means, sds, 1.0), abs=POINTS)


@pytest.mark.exhaustive
@pytest.mark.parametrize("means", [(90.0, 88.0, 86.0, 84.0), (90.0, 80.0, 79.0), (90.0, 85.0)])
@pytest.mark.parametrize("scatter", [0.5, 1.0, 3.0])
def test_an_order_holds_as_often_as_stated_everywhere(means, scatter) -> None:
    sds = [scatter * (1 + i % 2) for i in range(len(means))]
    for pairs in (2, 3, 5, 8, 20, 50):
        values = many(means, sds, pairs, draws=10_000)
        steps = [verdicts(one, other, 0.5, "beats") for one, other in pairwise(values)]
        assert np.all(steps, axis=0).mean() == pytest.approx(chance_of_all(pairs, means, sds, 0.5), abs=POINTS)


def test_an_order_of_two_is_a_plain_claim_and_gives_the_same_twice() -> None:
    stated = chance_of_all(6, (90.0, 84.0), (2.0, 3.0), 1.0)
    assert stated == pytest.approx(chance(6, 6.0, both((2.0, 3.0)), 1.0), abs=0.006)
    assert stated == chance_of_all(6, (90.0, 84.0), (2.0, 3.0), 1.0)
