"""How long a plan still takes: guesses of runs that are played through with a clock of our own."""

import heapq
import random

import pytest

from repro.cli.eta import EtaEstimator
from repro.runs.plan import Run
from tests.cli.test_progress import Clock, make_run


def runs_of(**counts: int) -> list[Run]:
    """Runs of experiments with these names, each so many, in order."""
    made = []
    for number, (name, count) in enumerate(counts.items()):
        for seed in range(count):
            run = make_run(1000 * number + seed)
            made.append(Run(run.experiment.model_copy(update={"name": name}), seed, None, run.identity))
    return made


def played(
    runs: list[Run], took: dict[str, float], pace: EtaEstimator, clock: Clock, jobs: int
) -> list[tuple[float, float | None, int]]:
    """Each second: the time, the guess, how many are over. The next run goes to the worker that is free first."""
    waiting, busy, seen, over = list(runs), [], [], 0
    while waiting or busy:
        while waiting and len(busy) < jobs:
            run = waiting.pop(0)
            pace.started(run)
            heapq.heappush(busy, (clock.now + took[run.identity], run.identity, clock.now, run))
        clock.now += 1.0
        while busy and busy[0][0] <= clock.now:
            end, identity, _, run = heapq.heappop(busy)
            pace.over(run, took[identity])
            over += 1
        for end, _, began, run in busy:
            pace.at(run, (clock.now - began) / (end - began))
        seen.append((clock.now, pace.seconds_left(), over))
    return seen


def test_a_false_guess_is_mended_by_the_first_runs() -> None:
    """The quick ones come first, and the slow ones were thought eight times too quick."""
    clock, runs = Clock(), runs_of(quick=10, slow=20)
    took = {run.identity: 2.0 if run.experiment.name == "quick" else 80.0 for run in runs}
    expected = {run.identity: 2.0 if run.experiment.name == "quick" else 10.0 for run in runs}
    pace = EtaEstimator(runs, expected, 2, clock)
    assert pace.seconds_left() == pytest.approx(10 * 2 / 2 + 20 * 10 / 2)
    seen = played(runs, took, pace, clock, 2)
    end = seen[-1][0]
    for now, left, over in seen:
        if over >= 10 and now > 15:  # the first slow ones have run for some seconds
            assert left == pytest.approx(end - now, abs=0.05 * end), f"at {now:.0f} s of {end:.0f} s"
    assert seen[-1][1] == 0.0


def test_the_guess_is_near_the_truth_for_runs_that_differ() -> None:
    draw = random.Random(0)
    clock, runs = Clock(), runs_of(a=12, b=12, c=12)
    mean = {"a": 20.0, "b": 60.0, "c": 40.0}
    took = {run.identity: mean[run.experiment.name] * draw.uniform(0.8, 1.2) for run in runs}
    pace = EtaEstimator(runs, {}, 3, clock)
    assert pace.seconds_left() is None, "nothing tells yet"
    seen = played(runs, took, pace, clock, 3)
    end = seen[-1][0]
    told = [(now, left) for now, left, _ in seen if left is not None]
    assert all(abs(left - (end - now)) < 0.1 * end for now, left in told)
    assert told[0][0] > 0.5 * end, "c is the last to begin, and nothing is guessed before"


def test_what_was_expected_is_stretched_by_what_others_took() -> None:
    clock, runs = Clock(), runs_of(a=1, b=1)
    pace = EtaEstimator(runs, {runs[0].identity: 10.0, runs[1].identity: 30.0}, 1, clock)
    pace.started(runs[0])
    pace.over(runs[0], 20.0)
    assert pace.seconds_left() == 60.0


def test_a_run_that_goes_on_from_a_checkpoint_is_not_taken_for_a_quick_one() -> None:
    clock, runs = Clock(), runs_of(a=2)
    pace = EtaEstimator(runs, {}, 1, clock)
    pace.started(runs[0])
    clock.now = 1.0
    pace.at(runs[0], 0.8)
    assert pace.seconds_left() is None
    clock.now = 11.0
    pace.at(runs[0], 0.9)
    assert pace.seconds_left() == pytest.approx(10 + 100)


def test_a_run_that_failed_tells_nothing() -> None:
    runs = runs_of(a=2)
    pace = EtaEstimator(runs, dict.fromkeys((run.identity for run in runs), 10.0), 1, Clock())
    pace.started(runs[0])
    pace.over(runs[0], None)
    assert pace.seconds_left() == 10.0
