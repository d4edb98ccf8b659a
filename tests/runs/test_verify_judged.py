"""What training again says of a record: bytes in one environment, the seeds' spread elsewhere."""

import pytest

from repro.runs.make_plan import make_plan
from repro.runs.record import Chosen, Environment, Point, Record, Scores, Timings
from repro.runs.verify.elsewhere import elsewhere
from repro.runs.verify.interval import pair_distance, prediction_interval, step_floor
from repro.runs.verify.judged import judge
from repro.runs.verify.sampling import draw, may_be_drawn, quickest
from repro.runs.verify.tolerance import TOLERANCE, close

HERE = Environment(
    device="a CPU", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.11",
    platform="made", capability="AVX2",
    versions={"torch": "2.14", "repro numerics": "1", "numpy": "2", "scikit-learn": "1"},
)  # fmt: skip
THERE = HERE.model_copy(update={"capability": "AVX512"})


@pytest.fixture
def run(make_experiment, make_spec):
    return make_plan(make_spec(make_experiment("net"))).runs[0]


def record(accuracy, environment=HERE, **fields):
    values = {"Accuracy": accuracy, "loss": 0.5, "objective": 0.5}
    base = {
        "spec": "x", "identity": "i", "terms": "t", "experiment": "net", "seed": 0, "rung": "full", "state": "done",
        "metrics": {"digit": {"test": Scores(values=values, n=1000)}}, "chosen": Chosen(by="last", step=2, epoch=1.0),
        "history": (Point(step=2, epoch=1.0, values={"running/loss": 0.4}),), "sealed": (), "steps": 2,
        "environment": environment, "timings": Timings(data=0, fit=1, evaluate=0, total=1),
        "training_path": "lightning", "weights_sha256": "w", "predictions_sha256": "p",
    }  # fmt: skip
    return Record(**(base | fields))


OTHERS = [record(value) for value in (90.0, 91.0, 92.0)]  # mean 91, sd 1


def test_the_interval_is_the_textbooks():
    """k = 3, mean 91, s = 1; t(.975, 2) = 4.302653, and t(.9875, 2) = 6.205347 where two runs share the error."""
    half = 4.302653 * (1 + 1 / 3) ** 0.5
    assert prediction_interval([90.0, 91.0, 92.0]) == pytest.approx((91 - half, 91 + half), abs=1e-5)
    half = 6.205347 * (1 + 1 / 3) ** 0.5
    assert prediction_interval([90.0, 91.0, 92.0], drawn=2) == pytest.approx((91 - half, 91 + half), abs=1e-5)
    assert pair_distance([90.0, 91.0, 92.0]) == pytest.approx(9.924843 * 2**0.5, abs=1e-5)  # t(.995, 2)
    with pytest.raises(ValueError, match="1 values; an interval needs at least 2"):
        prediction_interval([90.0])


def test_equal_seeds_leave_room_for_one_item():
    assert prediction_interval([90.0, 90.0, 90.0]) == (90.0, 90.0)
    low, high = prediction_interval([90.0, 90.0, 90.0], floor=step_floor(1000))
    assert low < 89.9 < 90.1 < high


@pytest.mark.parametrize(
    ("again", "recorded", "judged"),
    [
        (95.9, 91.0, "inside"),  # the interval ends at 95.97
        (96.0, 91.0, "wrong"),
        (86.1, 91.0, "inside"),
        (86.0, 91.0, "wrong"),
        (90.0, 99.0, "inside"),  # two seeds of three differ by up to 14.0
        (86.1, 100.2, "wrong"),
    ],
)
def test_elsewhere_the_new_value_must_lie_where_new_seeds_fall_and_near_its_record(run, again, recorded, judged):
    found = judge(run, record(recorded, THERE), record(again), OTHERS, drawn=1)
    assert found.judged == judged
    assert found.interval == pytest.approx((86.0317, 95.9683), abs=1e-4)
    assert (found.metric, found.recorded, found.again) == ("test/Accuracy", recorded, again)
    assert found.elsewhere == ("capability AVX512, here AVX2",)


def test_more_runs_drawn_blame_an_honest_one_no_more_often(run):
    assert judge(run, record(91.0, THERE), record(96.5), OTHERS, drawn=1).judged == "wrong"
    assert judge(run, record(91.0, THERE), record(96.5), OTHERS, drawn=2).judged == "inside"


def test_two_other_seeds_are_said_to_bound_little(run):
    found = judge(run, record(91.0, THERE), record(91.0), OTHERS[:2], drawn=1)
    assert found.judged == "inside"
    assert found.text == (
        "where new seeds fall, by 2 other seeds, and two bound little; other scores, sealed history and curves lie no "
        "further apart than two seeds"
    )
    assert found.interval == pytest.approx((90.5 - 11.0036, 90.5 + 11.0036), abs=1e-3)  # 12.7062 * 0.7071 * 1.2247


def test_one_other_seed_is_no_interval(run):
    found = judge(run, record(91.0, THERE), record(50.0), OTHERS[:1], drawn=1)
    assert (found.judged, found.text) == (
        "cannot judge",
        "only 1 other seed: no interval, and no byte can be compared",
    )


def test_an_experiment_without_a_random_part_is_the_same_everywhere(run):
    old = record(91.0, THERE, constant=True)
    assert judge(run, old, record(91.1, constant=True), [], drawn=1).judged == "inside"
    assert judge(run, old, record(91.2, constant=True), [], drawn=1).judged == "wrong"


def course(environment=HERE, *, moved=0.0, train=95.0, validation=(50.0, 88.0), sealed=(48.0, 90.0), steps=(1, 2)):
    """A record with a train view, curves and a sealed history, all of which lie ``moved`` higher."""
    views = {"train": train, "validation": validation[-1], "test": 91.0 + moved}
    scores = {
        view: Scores(values={"Accuracy": min(value + moved, 100.0), "loss": 0.5 - moved / 100}, n=1000)
        for view, value in views.items()
    }
    points = {
        key: tuple(
            Point(step=step, epoch=step / 2, values={f"{key}/Accuracy": value + moved})
            for step, value in zip(steps, values, strict=True)
        )
        for key, values in (("validation", validation), ("test", sealed))
    }
    return record(
        91.0 + moved,
        environment,
        metrics={"digit": scores},
        history=points["validation"],
        sealed=points["test"],
    )


SEEDS = [course(moved=moved) for moved in (-0.3, -0.1, 0.1, 0.3)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, ""),
        ({"moved": 0.4}, ""),
        ({"train": 60.0}, "train/Accuracy lies up to 35 from the one trained again, where "),
        ({"validation": (80.0, 88.0)}, "validation/Accuracy of the history lies up to 30 from"),
        ({"validation": (50.0, 99.0)}, "validation/Accuracy lies up to 11 from"),
        ({"sealed": (90.0, 90.0)}, "test/Accuracy of the sealed history lies up to 42 from"),
        ({"validation": (float("nan"), 88.0)}, "validation/Accuracy of the history lies up to inf from"),
        ({"steps": (1, 3)}, "its history looks at other steps than the run trained again"),
    ],
)
def test_elsewhere_train_view_sealed_history_and_curves_are_compared_too(run, change, says):
    """Before, only the test value of the first metric was."""
    found = judge(run, course(THERE, **change), course(), SEEDS, drawn=1)
    assert found.judged == ("wrong" if says else "inside"), found.text
    assert says in found.text


def test_without_a_random_part_curves_are_the_same_but_for_rounding(run):
    old, new = (course(where).model_copy(update={"constant": True}) for where in (THERE, HERE))
    assert judge(run, old, new, [], drawn=1).judged == "inside"
    other = course(THERE, train=94.0).model_copy(update={"constant": True})
    found = judge(run, other, new, [], drawn=1)
    assert (found.judged, found.text[:35]) == ("wrong", "train/Accuracy lies up to 1 from th")


@pytest.mark.parametrize("seconds", [0.5, 4.0, 12.0])
def test_a_time_of_another_order_than_here_is_said(run, seconds):
    there = Timings(data=0.0, fit=seconds * 1000, evaluate=0.0, total=seconds * 1000)
    found = judge(run, record(91.0, timings=there), record(91.0), [], drawn=1)
    assert found.judged == "bitwise equal"
    assert found.remarks == (f"the record says that it took {seconds * 1000:.3g} s; here it took 1 s",)
    assert judge(run, record(91.0), record(91.0), [], drawn=1).remarks == ()


@pytest.mark.parametrize(
    ("new", "judged", "says"),
    [
        (
            {"reason": "GateError: the leakage gate failed: test items are known by heart"},
            "wrong",
            "here it is refused",
        ),
        ({"reason": "MemoryError: no"}, "cannot judge", "it cannot be trained here: MemoryError: no"),
    ],
)
def test_a_run_that_fails_here(run, new, judged, says):
    found = judge(run, record(91.0), record(91.0, state="failed", metrics={}, **new), OTHERS, drawn=1)
    assert (found.judged, says in found.text) == (judged, True)


@pytest.mark.parametrize(
    ("said", "found", "judged"),
    [
        ("ok", "found", "wrong"),
        ("found", "ok", "bitwise equal"),
        ("ok", "ok", "bitwise equal"),
        ("ok", "failed", "wrong"),
    ],
)
def test_a_gate_that_says_less_than_that_of_the_run_trained_again(run, said, found, judged):
    gates = [{"checks": {"blind-recall": {"state": state, "text": "by heart"}}} for state in (said, found)]
    made = judge(run, record(91.0, gate=gates[0]), record(91.0, gate=gates[1]), OTHERS, drawn=1)
    assert made.judged == judged
    assert ("gate (its gate says ok of blind-recall" in made.text) == (judged == "wrong")


def test_a_run_that_failed_elsewhere_cannot_be_judged(run):
    failed = record(91.0, THERE, state="failed", reason="diverged at step 3", metrics={})
    found = judge(run, failed, record(91.0), OTHERS, drawn=1)
    assert (found.judged, "diverged at step 3" in found.text) == ("cannot judge", True)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({}, ""),
        ({"weights_sha256": "other"}, "weights_sha256"),
        ({"predictions_sha256": "other"}, "predictions_sha256"),
        ({"chosen": Chosen(by="last", step=1, epoch=0.5)}, "chosen"),
        ({"steps": 3}, "steps"),
        ({"history": ()}, "history"),
        ({"history": (Point(step=2, epoch=1.0, values={"running/loss": 0.41}),)}, "history"),
        ({"history": (Point(step=2, epoch=1.0, values={"running/loss": 0.4, "train/loss": 1.0}),)}, ""),
        ({"metrics": {"digit": {"test": Scores(values={"Accuracy": 91.0}, n=1000)}}}, "metrics"),
        ({"timings": Timings(data=9, fit=9, evaluate=9, total=27)}, ""),
        ({"training_path": "lightning", "resumed_from": "somewhere"}, ""),
    ],
)
def test_in_the_same_environment_every_byte_must_be_equal(run, change, differs):
    found = judge(run, record(91.0, **change), record(91.0), OTHERS, drawn=1)
    expected = "wrong" if differs else "bitwise equal"
    assert (found.judged, found.elsewhere) == (expected, ())
    assert found.text.rpartition(": ")[2] == differs


def test_a_value_that_is_no_number_equals_itself(run):
    nan = record(float("nan"))
    assert judge(run, nan, record(float("nan")), [], drawn=1).judged == "bitwise equal"
    assert judge(run, nan, record(1.0), [], drawn=1).judged == "wrong"


@pytest.mark.parametrize(
    ("change", "phrases"),
    [
        ({}, ()),
        ({"device": "b"}, ("device b, here a CPU",)),
        ({"accelerator": "cuda"}, ("accelerator cuda, here cpu",)),
        ({"threads": 2}, ("threads 2, here 1",)),
        ({"precision": "bf16-mixed"}, ("precision bf16-mixed, here 32-true",)),
        ({"deterministic": False}, ("deterministic False, here True",)),
        ({"versions": {**HERE.versions, "torch": "2.13"}}, ("torch 2.13, here 2.14",)),
        ({"versions": {**HERE.versions, "repro numerics": "0"}}, ("repro numerics 0, here 1",)),
        ({"versions": {**HERE.versions, "numpy": "1"}}, ()),
        ({"python": "3.12", "platform": "other", "git_commit": "c"}, ()),
    ],
)
def test_what_bytes_depend_on(change, phrases):
    assert elsewhere(HERE.model_copy(update=change), HERE, estimator=False) == phrases


def test_an_estimators_bytes_depend_on_what_computes_them():
    other = HERE.model_copy(update={"versions": {**HERE.versions, "numpy": "1", "scikit-learn": "0"}})
    assert elsewhere(other, HERE, estimator=True) == ("scikit-learn 0, here 1", "numpy 1, here 2")


def test_a_draw_takes_each_at_most_once_and_all_of_them_in_time():
    pool = list(range(10))
    assert sorted(draw(pool, 10, 0)) == pool
    assert len(set(draw(pool, 4, 0))) == 4
    assert {draw(pool, 1, seed)[0] for seed in range(200)} == set(pool)
    assert draw(pool, 4, 0)[:2] == draw(pool, 2, 0)


def test_what_may_be_drawn():
    assert may_be_drawn(record(91.0))
    assert may_be_drawn(record(91.0, state="failed", reason="diverged at step 3"))
    assert not may_be_drawn(record(91.0, state="failed", reason="MemoryError: no"))


@pytest.mark.parametrize(
    ("seconds", "drawn"),
    [
        ({"a": [1, 4000], "b": [4000]}, {"a"}),  # a run that is said to be long is drawn where its twin is short
        ({"a": [4000, 5000], "b": [400, 9000]}, {"b"}),  # where all are, the shortest experiment
        ({"a": [59], "b": [60], "c": [61]}, {"a", "b"}),
        ({"a": [4000]}, {"a"}),
        ({}, set()),
    ],
)
def test_one_run_may_always_be_drawn_whatever_the_records_say_of_their_time(seconds, drawn, make_experiment, make_spec):
    runs = {}
    if seconds:
        for run in make_plan(make_spec(*(make_experiment(name) for name in seconds))).runs:
            runs.setdefault(run.experiment.name, run)
    pool = [
        (runs[name], record(91.0, timings=Timings(data=0, fit=one, evaluate=0, total=one)))
        for name, times in seconds.items()
        for one in times
    ]
    chosen = quickest(pool)
    assert {run.experiment.name for run, _ in chosen} == drawn
    assert len(chosen) == sum(len(seconds[name]) for name in drawn)


def test_values_are_the_same_within_the_tolerance():
    assert TOLERANCE * 100 < 100 / 60_000, "one item of 60,000 must show, in percent"
    assert close(100 / 3, 33.3333)
    assert not close(90.00, 90.01)
    assert not close(1e-4, 1.2e-4)
