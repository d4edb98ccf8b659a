"""Records of runs whose items have segments: every view is worked out again, and every forgery of one is found."""

import importlib.util
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from repro.data.prepare import prepare
from repro.runs.failed_record import Context
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.make_record import make_record
from repro.runs.verify.check_record import Checker
from repro.spec.experiment import Only, View
from repro.spec.part import Entry
from repro.training.chance import reference_scores
from repro.training.estimator import fit_estimator
from repro.training.fit import fit

if "forgery" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("forgery", Path(__file__).with_name("forgery.py"))
    sys.modules["forgery"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["forgery"])
forgery = sys.modules["forgery"]
segmented = runpy.run_path(str(Path(__file__).parents[1] / "training" / "segmented.py"))["segmented"]

VIEWS = {
    "majority": {"vote": "majority"},
    "probability": {"vote": "mean"},
    "segments": {"vote": "none"},
    "by-shelf": {"mean_over": "shelf"},
    "called-three": {"only": Only(label="digit", classes=("3",), predicted=True)},
    "true-three": {"only": Only(label="digit", classes=("3",)), "vote": "majority"},
    "segments-by-shelf": {"vote": "none", "mean_over": "shelf"},
}


class Segmented(Checker):
    """Gets the data cut into segments, as the run did."""

    def data(self, run):
        return data_of(run)


def data_of(run):
    splits = run.experiment.splits.model_copy(update={"group": None})  # the column is made after the split
    experiment = run.experiment.model_copy(update={"views": {}, "splits": splits})
    return segmented(prepare(experiment, seed=run.seed, folder=Path()))


@pytest.fixture(params=["net", "estimator"])
def plan(request, make_experiment, make_classical, make_spec):
    views = {name: View(name=name, of="test", **fields) for name, fields in VIEWS.items()}
    metrics = {"Accuracy": Entry(name="Accuracy"), "f1": Entry(name="F1Score", args={"average": "macro"})}
    made = make_experiment("net") if request.param == "net" else make_classical("net", "KNeighborsClassifier")
    splits = made.splits.model_copy(update={"group": "shelf"})
    changes = {"views": views, "metrics": metrics, "seeds": (0,), "splits": splits}
    plan = make_plan(make_spec(made.model_copy(update=changes)))
    run = plan.runs[0]
    data, folder = data_of(run), plan.spec.folder
    train = fit if request.param == "net" else fit_estimator
    how = {"accelerator": "cpu"} if request.param == "net" else {}
    outcome = train(run.experiment, data, seed=0, folder=folder, **how)
    record, predictions = make_record(
        run,
        Context(plan.spec.name, plan.terms, plan.spec.rung, folder),
        outcome,
        data_seconds=0.0,
        hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
        gate=data.gate,
        references=reference_scores(run.experiment, data, folder),
    )
    Ledger(folder, "runs").write(run, plan.spec.rung, record, predictions)
    return plan


def look(plan):
    ledger = Ledger(plan.spec.folder, "runs")
    return Segmented(plan, ledger, own_code=False).check(plan.runs[0], ledger.find(plan.runs[0].identity))


def test_an_honest_record(plan):
    found = look(plan)
    assert found.state == "ok", found.wrong


def forged(plan, change):
    forgery.predicted(plan, plan.runs[0], change)
    return " | ".join(look(plan).wrong)


def test_predictions_of_each_vote_are_held_against_their_views(plan):
    def nearer(view):
        def change(arrays):
            truth = arrays[f"digit.{view}.target"].astype(int)
            arrays[f"digit.{view}.predicted"][np.arange(len(truth)), truth] += 9.0

        return change

    said = forged(plan, nearer("majority"))
    assert "majority/Accuracy is recorded as" in said
    assert "true-three/Accuracy is recorded as" in said
    assert "test/Accuracy" not in said
    said = forged(plan, nearer("segments"))
    assert "segments/Accuracy is recorded as" in said
    assert "segments-by-shelf/Accuracy is recorded as" in said
    said = forged(plan, nearer("test"))
    assert "by-shelf/Accuracy is recorded as" in said
    assert "called-three/Accuracy is recorded as" in said


def test_other_groups_and_other_segments_are_found(plan):
    def regroup(arrays):
        arrays["digit.by-shelf.groups"] = arrays["digit.by-shelf.groups"][::-1].copy()

    assert "by-shelf: the kept groups are not those of column 'shelf'" in forged(plan, regroup)

    def renumber(arrays):
        arrays["digit.segments.segments"] = np.zeros_like(arrays["digit.segments.segments"])

    assert "of the predicted items stand there more than once" in forged(plan, renumber)


def test_other_ties_among_items_than_the_data_set_s_are_found(plan):
    def untie(arrays):
        arrays["digit.test.group"] = np.arange(len(arrays["digit.test.group"])).astype(np.uint8)

    assert "test: the kept group of each item is not that of column 'shelf'" in forged(plan, untie)

    def drop(arrays):
        del arrays["digit.test.group"]

    assert "test: the group of each item was not kept" in forged(plan, drop)


def test_a_view_of_predicted_items_has_the_number_that_the_predictions_say(plan):
    def more(fields):
        fields["metrics"]["digit"]["called-three"]["n"] += 1

    forgery.typed(plan, plan.runs[0], more)
    assert "called-three: n is" in " ".join(look(plan).wrong)
