"""Claims of a spec on records: order, same, points of the training, missing experiments, words."""

import pytest

from repro.results.claim import ClaimVerdict
from repro.results.claims import claim_result, together
from repro.results.gathered import gather
from repro.spec.experiment import Duration
from repro.spec.part import Entry
from repro.spec.spec import Claim


@pytest.fixture
def study(made):
    names = ("a", "b", "c", "knn", "human")
    experiments = [made.experiment(n, not_run="nobody" if n == "human" else None) for n in names]
    spec = made.spec(experiments)
    records = [
        *made.records("a", [94.0, 93.0, 95.0, 94.5, 93.5]),
        *made.records("b", [90.0, 90.5, 89.5, 90.2, 90.1]),
        *made.records("c", [60.0, 61.0, 60.5, 59.5, 60.2]),
        made.record("knn", 0, 70.0, constant=True),
    ]
    return spec, gather(spec, None, records)[0]


def claimed(study, **fields):
    spec, gathered = study
    return claim_result(spec, Claim(**{"metric": "test/Accuracy", **fields}), gathered)


def test_beats_by(study) -> None:
    found = claimed(study, kind="beats", experiments=("a", "c"), by=30.0)
    assert found.verdict is ClaimVerdict.HOLDS
    assert found.text == "a beats c by at least 30 points on Accuracy"
    assert found.sentence.startswith("yes: a is 33.8 points better than c, between +")
    assert found.sentence.endswith("5 of 5 seeds agree")
    assert "significant" not in found.sentence  # five pairs are too few for the word


def test_the_metric_may_be_named_without_its_view(study) -> None:
    assert claimed(study, kind="beats", experiments=("a", "c"), by=30.0, metric="Accuracy").verdict == "HOLDS"


def test_reversed_and_failed(study) -> None:
    assert claimed(study, kind="beats", experiments=("c", "a"), by=0.0).verdict is ClaimVerdict.REVERSED
    failed = claimed(study, kind="beats", experiments=("a", "b"), by=10.0)
    assert failed.verdict is ClaimVerdict.FAILS
    assert failed.sentence.startswith("no: a is ")


def test_an_order_holds_where_every_step_does(study) -> None:
    found = claimed(study, kind="order", experiments=("a", "b", "c"), by=0.0)
    assert found.verdict is ClaimVerdict.HOLDS
    assert [(s.method, s.other) for s in found.steps] == [("a", "b"), ("b", "c")]
    assert (found.deciding.method, found.deciding.other) == ("a", "b")  # the closest step
    broken = claimed(study, kind="order", experiments=("a", "c", "b"), by=0.0)
    assert broken.verdict is ClaimVerdict.FAILS
    assert broken.deciding.verdict is ClaimVerdict.REVERSED
    assert claimed(study, kind="order", experiments=("c", "b", "a"), by=0.0).verdict is ClaimVerdict.REVERSED


def test_together() -> None:
    holds, shown, reverse = ClaimVerdict.HOLDS, ClaimVerdict.NOT_SHOWN, ClaimVerdict.REVERSED
    assert together([holds, holds]) is holds
    assert together([holds, shown]) is shown
    assert together([holds, shown, reverse]) is ClaimVerdict.FAILS
    assert together([reverse, reverse]) is reverse


def test_same_within(study) -> None:
    assert claimed(study, kind="same", experiments=("a", "b"), within=10.0).verdict is ClaimVerdict.HOLDS
    assert claimed(study, kind="same", experiments=("a", "b"), within=1.0).verdict is ClaimVerdict.FAILS


def test_a_net_against_an_experiment_without_random_part(study) -> None:
    found = claimed(study, kind="beats", experiments=("a", "knn"), by=20.0)
    assert (found.verdict, found.deciding.pairs) == (ClaimVerdict.HOLDS, 5)


def test_a_row_that_nobody_runs_shows_nothing(study) -> None:
    found = claimed(study, kind="beats", experiments=("a", "human"), by=0.0)
    assert found.verdict is ClaimVerdict.NOT_SHOWN
    assert found.sentence == "can't tell: human is not run"
    unknown = claimed(study, kind="beats", experiments=("a", "b"), by=0.0, metric="test/F1Score")
    assert unknown.sentence == "can't tell: a does not measure F1Score"


def test_a_claim_at_several_points_must_hold_at_each(made) -> None:
    from repro.runs.record import Point

    def history(early, late):
        return tuple(
            Point(step=s, epoch=e, values={"train/objective": v}) for s, e, v in ((100, 5.0, early), (200, 10.0, late))
        )

    spec = made.spec([made.experiment("adam"), made.experiment("sgd")])
    records = []
    for seed, shift in enumerate((0.0, 0.01, 0.02)):
        records.append(made.record("adam", seed, 90.0, history=history(0.5 + shift, 0.40 + shift)))
        records.append(made.record("sgd", seed, 90.0, history=history(0.9 + shift * 2, 0.30 + shift)))
    gathered = gather(spec, None, records)[0]

    def at(*durations):
        claim = Claim(
            kind="beats", experiments=("adam", "sgd"), by=0.0, metric="train/objective",
            at=tuple(Duration(number=n, unit=u) for n, u in durations),
        )  # fmt: skip
        return claim_result(spec, claim, gathered)

    assert at((5, "epochs")).verdict is ClaimVerdict.HOLDS  # less is better
    assert at((200, "steps")).verdict is ClaimVerdict.REVERSED
    both = at((5, "epochs"), (10, "epochs"))
    assert both.verdict is ClaimVerdict.FAILS
    assert both.deciding.at == "10 epochs"
    assert "after 10 epochs" in both.sentence
    none = at((7, "epochs"))
    assert none.verdict is ClaimVerdict.NOT_SHOWN
    assert none.sentence == "can't tell: adam kept no train/objective at 7 epochs"


def test_less_is_better_by_the_metric_s_own_direction(made) -> None:
    metrics = {"ErrorRate": Entry(name="ErrorRate")}
    spec = made.spec([made.experiment("a", metrics=metrics), made.experiment("b", metrics=metrics)])

    def scored(name, seed, value):
        return made.record(name, seed, metrics={"digit": {"test": {"values": {"ErrorRate": value}, "n": 1000}}})

    records = [scored("a", s, 1.0 + s / 10) for s in range(3)] + [scored("b", s, 3.0 + s / 5) for s in range(3)]
    claim = Claim(kind="beats", experiments=("a", "b"), by=1.0, metric="test/ErrorRate")
    assert claim_result(spec, claim, gather(spec, None, records)[0]).verdict is ClaimVerdict.HOLDS


def test_six_pairs_may_say_significant(made) -> None:
    spec = made.spec([made.experiment("a", seeds=tuple(range(6))), made.experiment("b", seeds=tuple(range(6)))])
    records = made.records("a", [94, 93, 95, 94, 93, 94]) + made.records("b", [80, 81, 80, 82, 80, 81])
    claim = Claim(kind="beats", experiments=("a", "b"), by=5.0, metric="Accuracy")
    assert claim_result(spec, claim, gather(spec, None, records)[0]).sentence.startswith("yes: significantly, a is ")


def test_a_smoke_run_s_claims_are_marked(made) -> None:
    spec = made.spec(rung="smoke", partial={"logistic": ("rung smoke",), "cnn": ("rung smoke",)})
    records = made.records("logistic", [30, 31, 32], rung="smoke") + made.records("cnn", [90, 91, 92], rung="smoke")
    claim = Claim(kind="beats", experiments=("cnn", "logistic"), by=5.0, metric="Accuracy")
    assert claim_result(spec, claim, gather(spec, None, records)[0]).notes == ("partial: rung smoke",)
