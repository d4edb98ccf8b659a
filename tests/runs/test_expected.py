"""What runs are expected to take, from records of other runs."""

import pytest

from repro.runs.events import PlanReady
from repro.runs.forecast.expected import expected_prepare, expected_seconds
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan


@pytest.fixture
def trained(make_experiment, make_spec, engine):
    """A record of 20 steps that took ten seconds, and a function that gives the plan of its study with changes."""

    def plan_of(**changes):
        return make_plan(make_spec(make_experiment("a", seeds=(0, 1), **changes)))

    plan = plan_of()
    (record, *_) = run_plan(make_plan(plan.spec, seeds=[0]), engine=engine)
    timings = record.timings.model_copy(update={"data": 1.0, "fit": 8.0, "evaluate": 1.0, "total": 10.0})
    return record.model_copy(update={"timings": timings}), plan_of


def test_a_record_of_the_same_experiment_tells_as_it_is(trained):
    record, plan_of = trained
    plan = plan_of()
    assert expected_seconds(plan.runs, [record]) == {run.identity: 10.0 for run in plan.runs}
    cut = record.model_copy(update={"steps": 8 * record.steps})  # its items were cut, which no reckoning knows
    assert expected_seconds(plan.runs, [cut]) == {run.identity: 10.0 for run in plan.runs}


def test_a_record_of_fewer_steps_is_scaled(trained):
    record, plan_of = trained
    longer = plan_of(training={"steps": 60})
    assert set(expected_seconds(longer.runs, [record]).values()) == {28.0}
    cut = record.model_copy(update={"steps": 8 * record.steps})
    assert set(expected_seconds(longer.runs, [cut]).values()) == {28.0}
    old = record.model_copy(update={"resolved": {}})  # says only how many steps it made
    assert set(expected_seconds(longer.runs, [old]).values()) == {28.0}


def test_a_record_of_another_recipe_tells_nothing(trained):
    record, plan_of = trained
    assert expected_seconds(plan_of(training={"batch_size": 50}).runs, [record]) == {}


def test_only_what_was_run_is_expected(trained):
    record, plan_of = trained
    plan = plan_of()
    failed = record.model_copy(update={"state": "failed"})
    assert expected_seconds(plan.runs, [failed]) == {}
    assert expected_seconds(plan.runs, [record.model_copy(update={"experiment": "b"})]) == {}


def test_the_plan_says_its_wall_time_when_all_is_known(trained):
    record, plan_of = trained
    plan = plan_of()
    expected = expected_seconds(plan.runs, [record])
    assert PlanReady(plan, (), plan.runs, 1, "", expected, 0).seconds == 20.0
    assert PlanReady(plan, (), plan.runs, 2, "", expected, 0).seconds == 10.0
    assert PlanReady(plan, (), plan.runs, 2, "", expected, 0, prepare=7.0).seconds == 17.0
    one = dict(list(expected.items())[:1])
    assert PlanReady(plan, (), plan.runs, 2, "", one, 0).seconds is None


def test_what_came_before_the_first_run_is_kept_with_it_and_tells_the_next_one(trained, engine):
    record, plan_of = trained
    assert record.timings.prepare > 0
    old = record.model_copy(update={"timings": record.timings.model_copy(update={"prepare": 0.0})})
    assert "prepare" not in old.timings.model_dump()  # as in records that know nothing of it
    assert expected_prepare([old]) is None
    assert expected_prepare([old, record]) == record.timings.prepare
    events = []
    run_plan(plan_of(), engine=engine, on_event=events.append)
    (ready,) = [event for event in events if isinstance(event, PlanReady)]
    assert ready.prepare == pytest.approx(record.timings.prepare, abs=1e-3)
    assert ready.seconds > ready.prepare
