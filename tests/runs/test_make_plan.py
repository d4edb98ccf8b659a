"""Which runs a plan holds, and in which order."""

import pytest

from repro.runs.make_plan import PlanError, is_constant, make_plan
from repro.spec.experiment import Splits
from repro.spec.spec import Rung


def names(plan):
    return [(run.experiment.name, run.seed) for run in plan.runs]


def study(make_experiment, make_classical, make_layers):
    gru = make_layers(("Rearrange", {"pattern": "n c h w -> n (c h) w"}), ("GRU", {"hidden_size": 4}), ("Flatten", {}))
    return (
        make_experiment("gru", model=gru),
        make_experiment("long", training={"steps": 5000}),
        make_experiment("short"),
        make_classical("forest", "RandomForestClassifier"),
        make_classical("knn", "KNeighborsClassifier"),
        make_experiment("human", not_run="nobody sat it", model=None),
    )


def test_cheap_ones_first_and_constant_ones_once(make_experiment, make_classical, make_layers, make_spec):
    plan = make_plan(make_spec(*study(make_experiment, make_classical, make_layers)))
    assert names(plan) == [
        ("forest", 0), ("forest", 1), ("knn", 0), ("short", 0), ("short", 1), ("gru", 0), ("gru", 1),
        ("long", 0), ("long", 1),
    ]  # fmt: skip
    assert len({run.identity for run in plan.runs}) == 9
    assert plan.runs[2].id == f"knn-seed0-{plan.runs[2].identity[:12]}"


@pytest.mark.parametrize(
    ("seeds", "expected"), [(1, [0]), (2, [0, 1]), (9, [0, 1]), ((7, 3), [7, 3]), ((3, 3), [3]), (None, [0, 1])]
)
def test_a_number_of_seeds_is_the_first_and_a_list_replaces(seeds, expected, make_experiment, make_spec):
    assert [s for _, s in names(make_plan(make_spec(make_experiment("a")), seeds=seeds))] == expected


def test_only_and_a_rungs_only(make_experiment, make_spec):
    both = (make_experiment("a"), make_experiment("b", training={"steps": 30}))
    assert {n for n, _ in names(make_plan(make_spec(*both), only=("b",)))} == {"b"}
    rung = make_spec(*both, rung="smoke", rungs={"smoke": Rung(name="smoke", only=("a",))})
    assert {n for n, _ in names(make_plan(rung))} == {"a"}


@pytest.mark.parametrize(
    ("only", "seeds", "text"),
    [
        (("cn",), None, "unknown experiment 'cn'; did you mean 'cnn'"),
        (("human",), None, "experiment 'human' is not run: nobody sat it"),
        ((), 0, "0 seeds; at least 1 is needed"),
    ],
)
def test_a_selection_that_names_nothing_is_refused(only, seeds, text, make_experiment, make_spec):
    spec = make_spec(make_experiment("cnn"), make_experiment("human", not_run="nobody sat it", model=None))
    with pytest.raises(PlanError, match=text):
        make_plan(spec, only, seeds)


def test_a_constant_experiment_has_no_random_part(make_experiment, make_classical):
    knn = make_classical("knn", "KNeighborsClassifier")
    assert is_constant(knn)
    assert not is_constant(make_classical("forest", "RandomForestClassifier"))
    assert is_constant(make_classical("logistic", "LogisticRegression")), "its default solver uses no random_state"
    assert not is_constant(make_experiment("net"))
    assert not is_constant(knn.model_copy(update={"splits": Splits(train=0.5, test=0.5, seed="run")}))


def test_more_runs_than_anybody_trains_are_refused(make_experiment, make_spec):
    with pytest.raises(PlanError, match="more than 100,000 runs; take fewer seeds"):
        make_plan(make_spec(make_experiment("a"), make_experiment("b")), seeds=range(60_000))
