"""What fits a budget: durations as people write them, wall time, and the choice of rung and seeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.runs.forecast.budget import Choice, Offer, choose
from repro.runs.forecast.duration import DurationError, read_duration, shown
from repro.runs.forecast.wall import wall_seconds

TIMES = st.floats(0.01, 1e5)


@st.composite
def offers(draw):
    made = []
    for rung in draw(st.permutations(["full", "class", "smoke"]))[: draw(st.integers(1, 3))]:
        steps = draw(st.lists(TIMES, min_size=1, max_size=6))
        seconds = tuple(sum(steps[: n + 1]) for n in range(len(steps)))
        made.append(Offer(rung, draw(TIMES), seconds))
    return made


@given(offers(), st.floats(0, 1e6))
def test_never_more_than_the_budget_nor_a_larger_rung(given_offers, budget):
    chosen = choose(given_offers, budget)
    cheapest = [o for o in given_offers if o.size <= given_offers[0].size]
    if chosen is None:
        assert all(min(o.seconds) > budget for o in cheapest)
        return
    offer = next(o for o in given_offers if o.rung == chosen.rung)
    assert chosen.seconds == offer.seconds[chosen.seeds - 1] <= budget
    assert offer in cheapest
    if chosen.seeds < len(offer.seconds):
        assert offer.seconds[chosen.seeds] > budget, "one seed more would not fit"


@given(offers(), st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_budget_never_gives_less(given_offers, one, other):
    less, more = choose(given_offers, min(one, other)), choose(given_offers, max(one, other))
    if less is None:
        return
    assert more is not None
    assert more.is_enough or not less.is_enough
    size = {o.rung: o.size for o in given_offers}
    if more.is_enough == less.is_enough:
        assert size[more.rung] >= size[less.rung]
    if more.rung == less.rung:
        assert more.seeds >= less.seeds


def test_enough_seeds_come_first_then_the_larger_rung():
    full = Offer("full", 100.0, (100.0, 200.0, 300.0, 400.0, 500.0))
    middle = Offer("class", 20.0, (20.0, 40.0, 60.0))
    smoke = Offer("smoke", 2.0, (2.0, 4.0))
    choices = {budget: choose([full, smoke, middle], budget) for budget in (1, 3, 30, 250, 350, 5000)}
    assert choices == {
        1: None,
        3: Choice("smoke", 1, 2.0),
        30: Choice("class", 1, 20.0),
        250: Choice("class", 3, 60.0),
        350: Choice("full", 3, 300.0),
        5000: Choice("full", 5, 500.0),
    }
    assert choose([smoke, full, middle], 5000) == Choice("smoke", 2, 4.0), "never a larger rung than was asked for"


@given(st.lists(TIMES, max_size=30), st.integers(1, 8), st.data())
def test_wall_time_lies_between_its_bounds_and_grows_with_runs(runs, jobs, data):
    wall = wall_seconds(runs, jobs)
    bound = max(sum(runs) / jobs, max(runs, default=0.0))
    assert bound * (1 - 1e-9) <= wall <= (sum(runs) / jobs + max(runs, default=0.0)) * (1 + 1e-9)
    if runs:
        gone = data.draw(st.integers(0, len(runs) - 1))
        assert wall_seconds(runs[:gone] + runs[gone + 1 :], jobs) <= wall * (1 + 1e-9)


@given(st.integers(1, 10**6))
def test_a_duration_is_read_as_it_is_shown(seconds):
    assert read_duration(shown(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("30", "30m"), ("30min", "30m"), ("2 hours", "2h"), ("1.5h", "1h30m"), ("1:30", "1h30m"), ("90 sec", "1m30s"),
        ("30m1h", "1h30m"), ("1d", "24h"), ("2H", "2h"),
    ],
)  # fmt: skip
def test_a_wrong_duration_is_refused_with_the_nearest(text, near):
    with pytest.raises(DurationError, match=f"'{text}' is no duration .*; did you mean '{near}'\\?$"):
        read_duration(text)
    assert read_duration(near) > 0


@pytest.mark.parametrize("text", ["soon", "", "0m", "-", "h"])
def test_what_has_no_time_in_it_gets_no_guess(text):
    with pytest.raises(DurationError, match=r"1h30m$"):
        read_duration(text)
