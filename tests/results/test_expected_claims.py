"""Each claim of a proposal before anything runs: the numbers, and in words what cannot be known."""

import pytest

from repro.results.expected_claims import claim_powers
from repro.spec.experiment import Block, Duration, Model
from repro.spec.part import Entry
from repro.spec.spec import Claim, Spread

SD = Spread(kind="sd", over="seeds")


@pytest.fixture
def proposal(made):
    def proposal(values, claim, *, spread=SD, unit="percent", metric="test/Accuracy", **changes):
        """A proposal that expects ``{name: (number, spread)}`` and claims one thing."""
        fitted = Model(
            name="knn",
            blocks=(Block(name="digit", sources=("input",), estimator=(Entry(name="KNeighborsClassifier"),)),),
        )
        own = {
            name: {"model": fitted.model_copy(update={"name": name})} if name.startswith("knn") else {}
            for name in values
        }
        experiments = [made.experiment(name, **{**own[name], **changes}) for name in values]
        entries = [
            made.reported(
                name, None, metric=metric, unit=unit, expected=True, spread=spread, where="",
                number=None if text is None else made.number(text, around),
            )
            for name, (text, around) in values.items()
        ]  # fmt: skip
        return made.spec(experiments, entries, kind="proposal", claims=(claim,))

    return proposal


def beats(*names, by=5.0, **words):
    return Claim(kind="beats", experiments=names, by=by, metric=words.pop("metric", "test/Accuracy"), **words)


def one(spec):
    (power,) = claim_powers(spec)
    return power


def test_seeds_that_a_claim_takes_and_what_is_planned(proposal) -> None:
    power = one(proposal({"cnn": ("90", 3.0), "mlp": ("80", 3.0)}, beats("cnn", "mlp")))
    (step,) = power.steps
    assert (step.difference, step.sd, step.planned) == (10.0, pytest.approx(4.243, abs=1e-3), 5)
    assert (power.needed, power.planned) == (8, 5)
    assert power.chance == pytest.approx(0.516, abs=2e-3)
    assert power.sentence == (
        "10 points are expected, more than 5 points claimed; to see it with 80 % certainty takes 8 seeds, "
        "the 5 planned give 52 %"
    )
    assert power.text == "cnn beats mlp by at least 5 points on Accuracy"
    assert not power.notes


def test_fractions_and_metrics_that_are_better_lower_are_turned(proposal) -> None:
    power = one(proposal({"cnn": ("0.90", 0.03), "mlp": ("0.80", 0.03)}, beats("cnn", "mlp"), unit="fraction"))
    assert (power.needed, power.steps[0].difference) == (8, pytest.approx(10.0))
    errors = {"cnn": ("1.0", 0.3), "mlp": ("2.0", 0.3)}
    claim = beats("cnn", "mlp", by=0.5, metric="test/loss")
    power = one(proposal(errors, claim, metric="test/loss", unit=""))
    assert (power.needed, power.steps[0].difference) == (8, pytest.approx(1.0))


def test_a_spread_that_nobody_stated(proposal) -> None:
    power = one(proposal({"cnn": ("90", None), "mlp": ("80", 3.0)}, beats("cnn", "mlp")))
    assert (power.needed, power.chance) == (None, None)
    assert power.sentence == "not known: no spread over seeds is stated for cnn, such as 90 ± 2"


def test_a_value_that_nobody_expects(proposal) -> None:
    power = one(proposal({"cnn": (None, None), "mlp": ("80", 3.0)}, beats("cnn", "mlp")))
    assert power.sentence == "not known: nothing is expected of cnn on Accuracy"


def test_a_spread_over_folds_says_nothing_of_seeds(proposal) -> None:
    spec = proposal(
        {"cnn": ("90", 3.0), "mlp": ("80", 3.0)}, beats("cnn", "mlp"), spread=Spread(kind="sd", over="folds")
    )
    assert "the spread of cnn is over folds; over seeds none is stated" in one(spec).sentence


@pytest.mark.parametrize(
    ("spread", "needed"), [(Spread(kind="se"), 31), (Spread(kind="ci95"), 6), (Spread(), 8), (None, 8)]
)
def test_what_the_plus_minus_means(proposal, spread, needed) -> None:
    power = one(proposal({"cnn": ("90", 3.0), "mlp": ("80", 3.0)}, beats("cnn", "mlp"), spread=spread))
    assert power.needed == needed
    said = "what ± means is not said of cnn: read as the sd over seeds (spread: {kind: sd, over: seeds} says so)"
    assert (said in power.notes) == (spread is None or spread.kind == "unknown")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (
            "84",
            "the expected difference is 4 points, no more than the 5 points claimed: no number of seeds will show it",
        ),
        (
            "85",
            "the expected difference is 5 points, no more than the 5 points claimed: no number of seeds will show it",
        ),
        ("78", "expected to be 2 points worse: no number of seeds will show it"),
    ],
)
def test_a_difference_smaller_than_claimed(proposal, expected, said) -> None:
    power = one(proposal({"cnn": (expected, 1.0), "mlp": ("80", 1.0)}, beats("cnn", "mlp")))
    assert power.sentence == said
    assert power.needed is None
    assert power.chance <= 0.026


def test_one_seed_says_nothing_of_what_varies(proposal) -> None:
    power = one(proposal({"cnn": ("90", 3.0), "mlp": ("80", 3.0)}, beats("cnn", "mlp"), seeds=(7,)))
    assert (power.planned, power.chance, power.needed) == (1, 0.0, 8)
    assert power.sentence.endswith(
        "takes 8 seeds, one is planned, and from one pair of runs nobody knows how much that varies"
    )


def test_an_experiment_without_a_random_part(proposal) -> None:
    power = one(proposal({"cnn": ("90", 3.0), "knn": ("80", None)}, beats("cnn", "knn")))
    assert (power.planned, power.steps[0].sd) == (5, 3.0)
    assert power.notes == ("knn has no random part: one run",)
    power = one(proposal({"knn-1": ("90", None), "knn-5": ("80", None)}, beats("knn-1", "knn-5")))
    assert (power.needed, power.chance) == (1, 1.0)
    assert power.sentence == "neither has a random part: one run of each decides"


def test_an_order_takes_the_seeds_at_which_all_steps_hold(proposal) -> None:
    values = {"cnn": ("90", 2.0), "gru": ("85", 2.0), "mlp": ("78", 3.0)}
    power = one(proposal(values, Claim(kind="order", experiments=tuple(values), by=1.0, metric="test/Accuracy")))
    assert [(s.method, s.other) for s in power.steps] == [("cnn", "gru"), ("gru", "mlp")]
    assert power.needed >= max(step.needed for step in power.steps)
    assert power.chance < min(step.chance for step in power.steps)
    assert power.sentence.startswith("at the closest step 5 points are expected, more than 1 point claimed;")
    values["gru"] = ("91", 2.0)
    power = one(proposal(values, Claim(kind="order", experiments=tuple(values), by=1.0, metric="test/Accuracy")))
    assert power.sentence == "expected to be 1 point worse: no number of seeds will show it"
    assert power.needed is None


def test_being_the_same_takes_seeds_too(proposal) -> None:
    values = {"cnn": ("90", 1.0), "gru": ("89", 1.0)}
    power = one(proposal(values, Claim(kind="same", experiments=tuple(values), within=3.0, metric="test/Accuracy")))
    assert power.needed == 7
    assert power.sentence.startswith(
        "expected to be 1 point apart, with 3 points allowed; to see it with 80 % certainty"
    )
    power = one(proposal(values, Claim(kind="same", experiments=tuple(values), within=1.0, metric="test/Accuracy")))
    assert power.sentence == (
        "expected to be 1 point apart, no less than the 1 point allowed: no number of seeds will show it"
    )


def test_what_is_claimed_in_the_middle_of_training_is_not_known(proposal) -> None:
    at = (Duration(number=5, unit="epochs"),)
    power = one(proposal({"cnn": ("90", 3.0), "mlp": ("80", 3.0)}, beats("cnn", "mlp", at=at)))
    assert power.sentence == "not known: what is expected after 5 epochs is not stated with a spread"
