"""Random effects against a second implementation, worked by hand, and by how often its interval holds the truth."""

from collections.abc import Sequence
from math import inf, sqrt

import numpy as np
import pytest
from scipy import stats

from repro.results.random_effects import ONE_RUN, ONE_SEED, random_effects

Person = dict[int, float]


def textbook(people: Sequence[Person]) -> tuple[float, float, float, tuple[float, float]]:
    """Mean, tau, se and interval by the formulas of the papers, in loops, for people who share no seed."""
    df = sum(len(one) - 1 for one in people)
    within = sum(np.var(list(one.values()), ddof=1) * (len(one) - 1) for one in people if len(one) > 1) / df
    y = [float(np.mean(list(one.values()))) for one in people]
    v = [within / len(one) for one in people]
    k = len(people)
    w = [1 / each for each in v]
    fixed = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - fixed) ** 2 for a, b in zip(w, y, strict=True))
    tau2 = max(0.0, (q - (k - 1)) / (sum(w) - sum(a * a for a in w) / sum(w)))
    r = [1 / (each + tau2) for each in v]
    mean = sum(a * b for a, b in zip(r, y, strict=True)) / sum(r)
    se = sqrt(sum(a * (b - mean) ** 2 for a, b in zip(r, y, strict=True)) / ((k - 1) * sum(r)))
    half = float(stats.t.ppf(0.975, k - 1)) * se
    return mean, sqrt(tau2), se, (mean - half, mean + half)


def drawn(
    generator: np.random.Generator, counts: Sequence[int], *, tau: float, seed: float, own: float, shared: bool
) -> list[Person]:
    """People whose runs scatter around 0: ``tau`` over people, ``seed`` over seeds, ``own`` over single runs."""
    of_seed = generator.normal(0, seed, sum(counts))
    people, first = [], 0
    for count in counts:
        of_person = generator.normal(0, tau)
        people.append({first + s: of_person + of_seed[first + s] + generator.normal(0, own) for s in range(count)})
        first += 0 if shared else count
    return people


@pytest.mark.parametrize("counts", [(5, 5), (5, 3, 2), (3, 1, 4, 1), (5,) * 8])
@pytest.mark.parametrize("tau", [0.0, 2.0])
def test_without_shared_seeds_it_is_what_the_papers_say(counts: tuple[int, ...], tau: float) -> None:
    people = drawn(np.random.default_rng([len(counts), int(tau)]), counts, tau=tau, seed=1, own=0.5, shared=False)
    mean, between, se, ends = textbook(people)
    found = random_effects(people)
    assert found.mean == pytest.approx(mean)
    assert found.tau == pytest.approx(between)
    assert found.se == pytest.approx(se)
    assert found.ci95 == pytest.approx(ends)
    assert found.df == pytest.approx(len(counts) - 1)
    assert found.shared == 0.0


def test_one_run_each_is_a_plain_t_interval_over_people() -> None:
    values = [66.0, 67.5, 71.0, 68.1]
    found = random_effects([{at: value} for at, value in enumerate(values)])
    assert found.ci95 == pytest.approx(stats.t.interval(0.95, 3, np.mean(values), stats.sem(values)))
    assert found.tau is None
    assert found.weights == pytest.approx((0.25,) * 4)


def test_people_who_find_the_same_by_seed_are_as_sure_as_the_seeds() -> None:
    """All runs of a seed alike on every machine: three people know no more than one."""
    one = {0: 66.0, 1: 68.0, 2: 70.0, 3: 67.0, 4: 69.0}
    values = list(one.values())
    found = random_effects([one, dict(one), dict(one)])
    assert found.ci95 == pytest.approx(stats.t.interval(0.95, 4, np.mean(values), stats.sem(values)))
    assert found.shared == pytest.approx(1.0)
    assert found.tau == 0.0


def test_by_hand_two_people_with_shared_seeds() -> None:
    """Ada 1, 3, 5 and Ben 2, 4, 9 on seeds 0 to 2: worked out on paper."""
    found = random_effects([{0: 1.0, 1: 3.0, 2: 5.0}, {0: 2.0, 1: 4.0, 2: 9.0}])
    # within: (8 + 26) / 4 = 8.5; covariance of a seed: (-2 * -3 + 0 * -1 + 2 * 4) / 2 = 7
    assert found.sd == pytest.approx(sqrt(8.5))
    assert found.shared == pytest.approx(7 / 8.5)
    # people: means 3 and 5, half of their variance 2 is 1; seeds: 7 / 3
    assert found.se == pytest.approx(sqrt(1 + 7 / 3))
    assert found.df == pytest.approx((1 + 7 / 3) ** 2 / (1 / 1 + (7 / 3) ** 2 / 2))


def test_where_the_runs_cannot_tell_there_is_no_interval() -> None:
    same_seed = random_effects([{0: 66.0}, {0: 67.0}, {0: 68.0}])
    assert (same_seed.mean, same_seed.ci95, same_seed.why) == (67.0, None, ONE_SEED)
    alone = random_effects([{0: 66.0}])
    assert (alone.mean, alone.ci95, alone.why) == (66.0, None, ONE_RUN)


def test_one_shared_seed_among_others_is_taken_at_its_worst() -> None:
    """Whether runs of seed 0 go together cannot be told from one pair, so they are taken to."""
    people = [{0: 1.0, 1: 2.0}, {0: 1.5, 2: 3.0}]
    apart = [{0: 1.0, 1: 2.0}, {3: 1.5, 2: 3.0}]
    wide, narrow = random_effects(people), random_effects(apart)
    assert wide.shared == 1.0
    assert wide.se is not None
    assert narrow.se is not None
    assert wide.se > narrow.se


def test_values_that_are_all_the_same_have_an_interval_of_no_width() -> None:
    found = random_effects([{0: 5.0, 1: 5.0}, {2: 5.0}])
    assert (found.mean, found.ci95, found.tau) == (5.0, (5.0, 5.0), 0.0)


def test_one_person_has_the_plain_interval_over_seeds() -> None:
    values = [66.0, 67.5, 71.0]
    found = random_effects([dict(enumerate(values))])
    assert found.ci95 == pytest.approx(stats.t.interval(0.95, 2, np.mean(values), stats.sem(values)))


CASES = [  # counts, tau, seed, own, shared, the least coverage that is put up with
    ((5, 5, 5), 1.0, 0.0, 1.0, False, 0.93),
    ((5, 3, 2, 1, 5, 4), 1.0, 0.0, 1.0, False, 0.93),
    ((5, 5, 5), 0.0, 1.0, 0.1, True, 0.92),
    ((5,) * 10, 0.3, 1.0, 0.3, True, 0.92),
    ((5, 5), 2.0, 1.0, 1.0, True, 0.90),
    ((3,) * 5, 0.0, 1.0, 1.0, True, 0.88),
    ((5, 3, 2, 1, 5, 4), 0.0, 1.0, 0.1, True, 0.90),
]


def coverage(case: tuple, repeats: int) -> float:
    counts, tau, seed, own, shared, _ = case
    generator = np.random.default_rng(7)
    hits = 0
    for _ in range(repeats):
        low, high = random_effects(drawn(generator, counts, tau=tau, seed=seed, own=own, shared=shared)).ci95 or (
            inf,
            inf,
        )
        hits += low <= 0 <= high
    return hits / repeats


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_interval_holds_the_truth_as_often_as_it_says(case: tuple) -> None:
    assert coverage(case, 400) > case[-1] - 0.03  # three standard errors of 400


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_interval_holds_the_truth_as_often_as_it_says_in_full(case: tuple) -> None:
    assert coverage(case, 10_000) > case[-1]


def test_without_the_seeds_in_common_the_interval_would_be_far_too_narrow() -> None:
    """Why it is not left at Hartung and Knapp: people of one course run seeds 0 to 4, all of them."""
    generator = np.random.default_rng(3)
    plain = ours = 0
    for _ in range(300):
        people = drawn(generator, (5, 5, 5), tau=0, seed=1, own=0.1, shared=True)
        low, high = textbook(people)[-1]
        plain += low <= 0 <= high
        low, high = random_effects(people).ci95 or (inf, inf)
        ours += low <= 0 <= high
    assert plain / 300 < 0.35
    assert ours / 300 > 0.9
