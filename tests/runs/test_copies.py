"""Copies of one seed's record are found by their scores, however they were nudged; honest seeds are not accused."""

from pathlib import Path

import numpy as np
import pytest

from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.record import Environment, Record, Scores, Timings
from repro.runs.verify.copied_runs import likeness
from repro.runs.verify.start import Start
from repro.spec.load import load_spec

PAPERS = Path(__file__).parents[2] / "papers"
ITEMS = np.arange(400, dtype=np.int32)


HERE = Environment(
    device="a CPU", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.11",
    platform="made", capability="AVX2", versions={},
)  # fmt: skip


def record(identity, number):
    return Record(
        spec="x", identity=identity, terms="t", experiment="net", seed=number, rung="full", state="done",
        metrics={"digit": {"test": Scores(values={"Accuracy": 91.0}, n=400)}}, environment=HERE,
        timings=Timings(data=0, fit=1, evaluate=0, total=1), training_path="chunked", predictions_sha256=str(number),
    )  # fmt: skip


def apart(run):
    """Every run starts with tensors of its own, in a net that bends."""
    return Start(frozenset({run.identity}), bends=True)


def linear(run):
    return Start(frozenset({run.identity}), bends=False)


def alike(run):
    return Start(frozenset({"the same"}), bends=True)


@pytest.fixture
def runs(make_experiment, make_spec):
    return make_plan(
        make_spec(make_experiment("net", seeds=(0, 1)), make_experiment("other", seeds=(0,), training={"steps": 30}))
    ).runs


def scores(seed, kind="class", off=0.3):
    """Made predictions of a run: scores of ten classes, or numbers that lie about ``off`` from the truth."""
    random = np.random.default_rng(seed)
    if kind == "class":
        predicted = random.normal(size=(len(ITEMS), 10)).astype(np.float32)
        return {"items": ITEMS, "target": (ITEMS % 10).astype(np.uint8), "predicted": predicted}
    truth = np.sin(ITEMS).astype(np.float32)[:, None] + 3
    predicted = truth + random.normal(scale=off, size=truth.shape).astype(np.float32)
    return {"items": ITEMS, "target": truth, "predicted": predicted.astype(np.float32)}


def changed(arrays, change):
    return {**arrays, "predicted": change(arrays["predicted"].copy()).astype(np.float32)}


def rounded(values):
    return np.round(values, 4)


def noisy(values):
    return values * (1 + 1e-5 * np.random.default_rng(9).normal(size=values.shape))


def one_class(values):
    values[:, 3] += 0.01
    return values


def mostly(values):
    values[: int(0.9 * len(values))] += 0.5
    return values


def found(runs, arrays, start, numbers=(0, 1)):
    pairs = [(runs[number], record(runs[number].identity, number)) for number in numbers]
    given = {one.predictions_sha256: some for (_, one), some in zip(pairs, arrays, strict=True)}
    return likeness(pairs, lambda one: given[one.predictions_sha256], start)


def shuffled(arrays):
    order = np.random.default_rng(5).permutation(len(ITEMS))
    return {name: array[order] for name, array in arrays.items()}


NUDGES = {"one class of ten": one_class, "nine items of ten": mostly, "rounded": rounded, "noise": noisy}


@pytest.mark.parametrize("order", [lambda arrays: arrays, shuffled], ids=["in order", "in another order"])
@pytest.mark.parametrize("kind", ["class", "number"])
@pytest.mark.parametrize("nudge", NUDGES)
def test_a_copy_however_it_was_nudged(nudge, kind, order, runs):
    """Before, only a copy of which half of the items were left as they were."""
    if (nudge, kind) == ("one class of ten", "number"):
        pytest.skip("numbers have no classes")
    first = scores(1, kind)
    told = found(runs, [first, order(changed(first, NUDGES[nudge]))], apart)
    for run, twin in ((runs[0], runs[1]), (runs[1], runs[0])):
        (text,) = told.wrong[run.id]
        assert f" % of the test items' scores of {twin.title}" in text
        assert text.endswith("though the two start apart: one is a copy")
    assert not told.remarks


@pytest.mark.parametrize("start", [linear, alike, lambda run: None], ids=["linear", "starts alike", "start unknown"])
def test_what_may_come_to_one_solution_is_remarked_on_and_trained_again_first(start, runs):
    first = scores(1)
    told = found(runs, [first, changed(first, noisy)], start)
    assert not told.wrong
    assert told.suspected == {runs[0].id, runs[1].id}
    assert all(
        "but for less than 0.1 %; runs that come to one solution may" in text[0] for text in told.remarks.values()
    )


def test_numbers_that_two_runs_fit_closely_are_near_each_other(runs):
    """Both lie within 0.03 % of the truth, and so within that of each other."""
    told = found(runs, [scores(1, "number", off=1e-3), scores(2, "number", off=1e-3)], apart)
    assert not told.wrong
    assert told.remarks


def test_a_copy_from_another_experiment(runs):
    first = scores(1)
    other = next(number for number, run in enumerate(runs) if run.experiment.name == "other")
    net = next(number for number, run in enumerate(runs) if run.experiment.name == "net")
    told = found(runs, [first, changed(first, one_class)], apart, numbers=(net, other))
    assert set(told.wrong) == {runs[net].id, runs[other].id}
    told = found(runs, [first, changed(first, noisy)], apart, numbers=(net, other))
    assert not told.wrong
    assert not told.remarks, "two experiments that differ in what hardly changes anything"


def test_values_that_stand_more_than_once_may_be_the_same_by_chance(runs):
    def cut_off(values):
        return np.maximum(values - 1.2, 0)  # most are 0

    told = found(runs, [changed(scores(1), cut_off), changed(scores(2), cut_off)], apart)
    assert not told.wrong
    assert not told.remarks


def test_other_items_are_not_compared(runs):
    first = scores(1)
    told = found(runs, [first, {**first, "items": ITEMS + 1}], apart)
    assert not told.wrong


@pytest.mark.parametrize("paper", sorted(path.name for path in PAPERS.iterdir() if (path / "results").is_dir()))
def test_no_shipped_record_is_accused_though_all_were_nets_that_bend(paper):
    spec = load_spec(PAPERS / paper, rung=rung_of(paper))
    ledger = Ledger(PAPERS / paper, "results")
    pairs = ledger.pairs(make_plan(spec))
    assert len(pairs) == len(ledger.records) > 0
    pairs = [(run, one) for run, one in pairs if len(pairs) < 60 or run.seed < 3]
    told = likeness(pairs, ledger.predictions, apart)
    assert not {text for texts in told.wrong.values() for text in texts if "byte for byte" not in text}
    assert not {text for texts in told.remarks.values() for text in texts if "byte for byte" not in text}


def rung_of(paper):
    path = next((PAPERS / paper / "results" / "records").glob("*.json"))
    return Record.from_json(path.read_text()).rung
