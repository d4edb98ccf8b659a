"""Claims of a spec on records: order, same, points of the training, missing experiments, words."""

import numpy as np
import pytest

from repro.publish.site.card import KINDS
from repro.publish.site.labels import TONES
from repro.results.cells import PLAIN_SYMBOLS, SYMBOLS
from repro.results.claim import ClaimVerdict
from repro.results.claims import claim_result, together
from repro.results.runs_by_experiment import gather
from repro.results.table_json import as_data
from repro.results.table_latex import to_latex
from repro.results.table_markdown import to_markdown
from repro.results.table_terminal import COLOURS, to_terminal
from repro.spec.experiment import Dataset, Duration
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


LESS = {"a": ("rung smoke: training.steps",)}


@pytest.mark.parametrize(("pair", "by"), [(("a", "c"), 30.0), (("c", "a"), 0.0), (("a", "b"), 10.0), (("a", "b"), 3.9)])
def test_below_the_full_recipe_every_word_is_partial_with_its_numbers(study, pair, by) -> None:
    spec, gathered = study
    word = claimed(study, kind="beats", experiments=pair, by=by).verdict
    assert word in ("HOLDS", "REVERSED", "FAILS", "NOT SHOWN")
    less = spec.model_copy(update={"partial": LESS})
    found = claimed((less, gathered), kind="beats", experiments=pair, by=by)
    assert found.verdict is ClaimVerdict.PARTIAL
    assert {step.verdict for step in found.steps} == {ClaimVerdict.PARTIAL}
    assert found.sentence.startswith("numbers only, nothing proved: ")
    assert "with 95 % confidence" in found.sentence
    assert found.notes[0] == "partial: rung smoke: training.steps"
    untouched = claimed((less, gathered), kind="beats", experiments=("b", "c"), by=1.0)
    assert untouched.verdict is ClaimVerdict.HOLDS


def test_an_order_below_the_full_recipe_is_partial_whatever_its_steps_say(study) -> None:
    spec, gathered = study
    less = spec.model_copy(update={"partial": {"b": ("different: dataset",)}})
    assert claimed((less, gathered), kind="order", experiments=("a", "c", "b"), by=0.0).verdict == "PARTIAL"
    assert claimed((less, gathered), kind="same", experiments=("a", "b"), within=1.0).verdict == "PARTIAL"


@pytest.mark.parametrize("partial", [{}, LESS])
def test_a_claim_without_runs_is_not_run_yet(made, study, partial) -> None:
    spec = made.spec([made.experiment(n) for n in ("a", "b", "c")], partial=partial)
    none = gather(spec, None, [])[0]
    found = claimed((spec, none), kind="beats", experiments=("a", "b"), by=1.0)
    assert (found.verdict, str(found.verdict)) == (ClaimVerdict.NOT_RUN, "not run yet")
    assert found.sentence == "a and b have not run"
    half = gather(spec, None, made.records("a", [90.0, 91.0]))[0]
    found = claimed((spec, half), kind="beats", experiments=("a", "b"), by=1.0)
    assert (str(found.verdict), found.sentence) == ("not run yet", "b has not run")
    failed = gather(spec, None, [*made.records("a", [90.0, 91.0]), made.failed("b", 0)])[0]
    found = claimed((spec, failed), kind="beats", experiments=("a", "b"), by=1.0)
    assert found.verdict is ClaimVerdict.NOT_SHOWN


def test_a_step_that_fails_decides_though_another_has_not_run(study) -> None:
    spec, gathered = study
    found = claimed((spec, {**gathered, "knn": gather(spec, None, [])[0]["knn"]}), kind="order",
                    experiments=("b", "a", "knn"), by=0.0)  # fmt: skip
    assert found.verdict is ClaimVerdict.FAILS
    assert found.deciding.verdict is ClaimVerdict.REVERSED


def apart(made, items=None, targets=None, **changes):
    """``a`` and ``b`` with other splits, and what was kept of their test items."""
    spec = made.spec([made.experiment("a"), made.experiment("b", **changes)])
    records = made.records("a", [94.0] * 3 + [95.0] * 2)
    records += made.records("b", [90.0] * 4 + [91.0], splits_sha256="other")
    kept = {"a": {"items": np.array([3, 1, 2]), "target": np.array([0, 1, 1])}}
    if items is not None:
        kept["b"] = {"items": np.array(items), "target": np.array(targets or [1, 1, 0])}
    claim = Claim(kind="beats", experiments=("a", "b"), by=1.0, metric="test/Accuracy")
    found = gather(spec, None, records)[0]
    return claim_result(spec, claim, found, lambda record, view="test": kept.get(record.experiment))


def test_other_test_items_are_said_and_never_more_than_partial(made) -> None:
    for found in (apart(made, [4, 1, 2]), apart(made, [1, 2]), apart(made)):
        assert found.verdict is ClaimVerdict.PARTIAL
        assert found.notes == ("not on the same test items: a and b have different splits",)
    other = Dataset(name="mnist1d", args={"seed": 43})
    found = apart(made, [1, 2, 3], [0, 1, 0], dataset=other)
    assert found.notes == ("not on the same test items: a and b have different data sets",)
    assert apart(made, [1, 2, 3], dataset=Dataset(name="digits")).verdict is ClaimVerdict.PARTIAL


def test_other_training_items_with_the_same_test_items_are_like_against_like(made) -> None:
    assert apart(made, [1, 2, 3], [1, 1, 0]).verdict is ClaimVerdict.HOLDS
    shuffled = Dataset(name="mnist1d", args={"shuffle_seq": True})
    assert apart(made, [1, 2, 3], [1, 1, 0], dataset=shuffled).verdict is ClaimVerdict.HOLDS


def test_a_claim_on_an_invalid_result_proves_nothing(made) -> None:
    spec = made.spec([made.experiment("a"), made.experiment("b")])
    leaked = made.gate({}, state="failed")
    records = [*made.records("a", [94.0, 94.5, 95.0], gate=leaked), *made.records("b", [90.0, 90.1, 90.2])]
    claim = Claim(kind="beats", experiments=("a", "b"), by=1.0, metric="test/Accuracy")
    found = claim_result(spec, claim, gather(spec, None, records)[0])
    assert (found.verdict, found.notes) == (ClaimVerdict.PARTIAL, ("a is no valid result",))


def test_the_word_of_a_claim_is_one_everywhere(study, made) -> None:
    spec, _ = study
    asked = (
        Claim(kind="beats", experiments=("a", "b"), by=1.0, metric="test/Accuracy"),
        Claim(kind="beats", experiments=("b", "c"), by=1.0, metric="test/Accuracy"),
    )
    shown = spec.model_copy(update={"claims": asked, "partial": LESS})
    found = made.collected(shown, [*made.records("a", [94.0, 93.0]), *made.records("b", [90.0, 90.5])])
    assert found.headline.endswith("2 claims: 1 PARTIAL and 1 not run yet")
    assert [one["verdict"] for one in as_data(found)["claims"]] == ["PARTIAL", "not run yet"]
    for text in (to_markdown(found), to_terminal(found), to_terminal(found, colour=True, ascii_only=True)):
        assert "PARTIAL" in text
        assert "not run yet" in text
        assert "NOT SHOWN" not in text
    assert "Not run yet" in to_latex(found)
    assert set(map(str, ClaimVerdict)) <= set(SYMBOLS) & set(PLAIN_SYMBOLS) & set(COLOURS) & set(TONES) & set(KINDS)


def test_folds_with_the_same_test_items_are_like_against_like_however_validation_is_taken(made, folded) -> None:
    spec = made.spec([folded.experiment(made, name) for name in "ab"])
    records = folded.records(made, "a", folded.scores(80.0))
    records += [
        r.model_copy(update={"splits_sha256": f"o{r.fold}"}) for r in folded.records(made, "b", folded.scores(60))
    ]
    claim = Claim(kind="beats", experiments=("a", "b"), by=1.0, metric="test/Accuracy")
    runs = gather(spec, folded.plan(made, spec), records)[0]
    kept = {"items": np.arange(10), "target": np.arange(10) % 3}
    assert claim_result(spec, claim, runs, lambda record, view="test": kept).verdict is ClaimVerdict.HOLDS
    unknown = claim_result(spec, claim, runs)
    assert (unknown.verdict, unknown.notes) == (
        "PARTIAL",
        ("not on the same test items: a and b have different folds",),
    )
