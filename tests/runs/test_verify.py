"""A real study, and every way of ours to cheat with it: an honest folder passes, each fraud is caught and named."""

import hashlib
import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.runs.verify.verify import verify
from repro.spec.spec import Spec, Work

_spec = importlib.util.spec_from_file_location("forgery", Path(__file__).with_name("forgery.py"))
forgery = sys.modules["forgery"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(forgery)
typed, predicted, copied = forgery.typed, forgery.predicted, forgery.copied


def spec_in(folder, *experiments):
    return Spec(
        kind="paper",
        path=folder / "paper.yaml",
        work=Work(title="A study"),
        question="Does it work?",
        baseline=experiments[0].name,
        experiments={e.name: e for e in experiments},
    )


@pytest.fixture(scope="module")
def experiments(make_experiment, make_classical):
    best = {"select": "best_validation", "steps": 60}
    return (
        make_experiment("net", seeds=(0, 1, 2)),
        make_experiment("best", training=best, seeds=(0,)),
        make_classical("knn", "KNeighborsClassifier"),
    )


@pytest.fixture(scope="module")
def trained(experiments, engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest") / "study"
    folder.mkdir()
    records = run_plan(make_plan(spec_in(folder, *experiments)), engine=engine)
    assert [r.state for r in records] == ["done"] * 5
    return folder


@pytest.fixture
def plan(trained, experiments, tmp_path):
    """The plan of a copy of the study, to be forged."""
    shutil.copytree(trained, tmp_path / "study")
    return make_plan(spec_in(tmp_path / "study", *experiments))


@pytest.fixture
def net(plan):
    return forgery.the_run(plan, "net", 1)


ENGINES = []


@pytest.fixture(autouse=True)
def workers(engine):
    """The workers that look at records; started once for all tests."""
    ENGINES[:] = [engine]


def look(plan, *, sample=0, seed=3, own_code=False, tell=lambda event: None):
    ledger = Ledger(plan.spec.folder, "runs")
    return verify(plan, ledger, sample=sample, seed=seed, own_code=own_code, tell=tell, engine=ENGINES[0])


def caught(plan, run, *, others=()):
    """What is said to be wrong of one run, nothing being wrong of any other."""
    found = look(plan)
    assert not found.is_right
    assert {row.id for row in found.rows if row.state == "wrong"} == {run.id, *(other.id for other in others)}
    return next(row.wrong for row in found.rows if row.id == run.id)


def metrics(fields, view="test"):
    return fields["metrics"]["digit"][view]


def test_an_honest_folder_passes_byte_for_byte_and_nothing_in_it_is_touched(plan):
    files = sorted(p for p in plan.spec.folder.rglob("*") if p.is_file())
    before = {p: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in files}
    told = []
    found = look(plan, sample=99, seed=5, tell=told.append)
    assert [row.state for row in found.rows] == ["ok"] * 5, found.rows
    assert [again.judged for again in found.retrained] == ["bitwise equal"] * 5, found.retrained
    assert (found.is_right, found.checked, found.wrong, found.pool) == (True, 5, 0, 5)
    assert [type(event).__name__ for event in told] == ["Row"] * 5 + ["DrawnRun", "RetrainedRun"] * 5
    assert before == {
        p: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
        for p in sorted(plan.spec.folder.rglob("*"))
        if p.is_file()
    }


def test_a_seed_repeats_the_draw(plan):
    first, again, other = (look(plan, sample=2, seed=s).retrained for s in (1, 1, 2))
    assert [a.id for a in first] == [a.id for a in again]
    assert len({a.id for a in first}) == 2
    assert [a.id for a in first] != [a.id for a in other]


def test_a_metric_typed_higher(plan, net):
    typed(plan, net, lambda f: metrics(f)["values"].update(Accuracy=99.5))
    (first, *_) = caught(plan, net)
    assert first.startswith("test/Accuracy is recorded as 99.5, the predictions give ")


def test_a_loss_typed_lower(plan, net):
    typed(plan, net, lambda f: metrics(f)["values"].update(loss=0.01))
    assert any(text.startswith("test/loss is recorded as 0.01, the predictions give ") for text in caught(plan, net))


def test_a_metric_that_nobody_asked_for(plan, net):
    typed(plan, net, lambda f: metrics(f)["values"].update(F1Score=99.0))
    assert caught(plan, net) == ("test/F1Score is no metric of this experiment",)


def test_a_majority_typed_lower(plan, net):
    typed(plan, net, lambda f: metrics(f, "majority")["values"].update(Accuracy=1.0))
    assert caught(plan, net)[0].startswith("majority/Accuracy is recorded as 1,")


def improve(arrays):
    """Give every fifth item the scores of its true class."""
    target, scores = arrays["digit.test.target"], arrays["digit.test.predicted"].copy()
    scores[::5] = np.eye(10, dtype=np.float32)[target[::5]] * 9
    return {**arrays, "digit.test.predicted": scores}


def test_predictions_edited_and_all_hashes_made_again(plan, net):
    predicted(plan, net, improve)
    assert caught(plan, net)[0].startswith("test/Accuracy is recorded as ")


def improve_all(plan, net, *, sealed):
    predicted(plan, net, improve)
    kept = Ledger(plan.spec.folder, "runs").predictions(Ledger(plan.spec.folder, "runs").find(net.identity))
    scores, target = torch.tensor(kept["predicted"]), torch.tensor(kept["target"].astype(np.int64))
    loss = float(torch.nn.functional.cross_entropy(scores, target))
    accuracy = 100.0 * float((scores.argmax(1) == target).double().mean())
    new = {"Accuracy": round(accuracy, 10), "loss": loss, "objective": loss}

    def change(fields):
        metrics(fields)["values"].update(new)
        if sealed:
            fields["sealed"][-1]["values"] = {f"test/{name}": value for name, value in new.items()}

    typed(plan, net, change)


def test_predictions_and_metrics_edited_together_leave_the_sealed_history(plan, net):
    improve_all(plan, net, sealed=False)
    assert caught(plan, net)[0].startswith("the sealed history ends otherwise: test/Accuracy is ")


def test_where_everything_fits_only_training_again_tells(plan, net):
    improve_all(plan, net, sealed=True)
    found = look(plan, sample=99)
    assert [row.state for row in found.rows] == ["ok"] * 5
    wrong = [again for again in found.retrained if again.judged == "wrong"]
    assert [again.id for again in wrong] == [net.id]
    assert wrong[0].text == "not the same bytes in the same environment: predictions_sha256, metrics, sealed"
    assert (found.is_right, found.wrong) == (False, 1)


def test_labels_changed_in_the_predictions(plan, net):
    def change(arrays):
        arrays["digit.test.target"] = arrays["digit.test.predicted"].argmax(1).astype(np.uint8)

    predicted(plan, net, change)
    typed(plan, net, lambda f: metrics(f)["values"].update(Accuracy=100.0))
    assert any(text.endswith("of 200 kept targets are not the data set's own labels") for text in caught(plan, net))


def test_an_item_repeated(plan, net):
    def change(arrays):
        for name in ("items", "target", "predicted"):
            arrays[f"digit.test.{name}"][1] = arrays[f"digit.test.{name}"][0]

    predicted(plan, net, change)
    assert caught(plan, net) == ("test: 1 of the predicted items stand there more than once",)


def test_an_item_of_another_part(plan, net):
    def change(arrays):
        arrays["digit.test.items"][3] = 1 + next(
            i for i in range(1796) if i + 1 not in set(arrays["digit.test.items"].tolist())
        )

    predicted(plan, net, change)
    assert caught(plan, net) == ("test: 1 of the predicted items are not in this part of the split",)


def test_an_item_left_out(plan, net):
    predicted(plan, net, lambda arrays: {name: array[1:] for name, array in arrays.items()})
    assert caught(plan, net) == ("test: 1 of 200 items have no prediction",)


def test_items_swapped(plan, net):
    def change(arrays):
        items, target = arrays["digit.test.items"], arrays["digit.test.target"]
        other = int(np.flatnonzero(target != target[0])[0])
        items[[0, other]] = items[[other, 0]]

    predicted(plan, net, change)
    assert "test: 2 of 200 kept targets are not the data set's own labels" in caught(plan, net)


def test_items_in_another_order_with_all_that_is_theirs_are_the_same_predictions(plan, net):
    predicted(plan, net, lambda arrays: {name: array[::-1] for name, array in arrays.items()})
    assert [row.state for row in look(plan).rows] == ["ok"] * 5


@pytest.mark.parametrize("other", [{}, {"weights_sha256": "0" * 64}], ids=["as it is", "with another weights hash"])
def test_a_record_copied_from_another_seed(plan, net, other):
    source = forgery.the_run(plan, "net", 0)
    copied(plan, source, net, **other)
    said = caught(plan, net, others=(source,))
    what = "predictions" if other else "weights"
    assert f"has the {what} of net seed 0, byte for byte, though the two start apart: one is a copy" in said


def test_a_seed_that_is_only_said(plan, net):
    typed(plan, net, lambda f: f.update(seed=7))
    assert caught(plan, net) == ("says seed 7, but its identity is that of net seed 1",)


def test_a_weights_hash_typed_shows_when_it_is_trained_again(plan, net):
    typed(plan, net, lambda f: f.update(weights_sha256="0123456789abcdef" * 4))
    found = look(plan, sample=99)
    assert [row.state for row in found.rows] == ["ok"] * 5
    wrong = [(again.id, again.text) for again in found.retrained if again.judged == "wrong"]
    assert wrong == [(net.id, "not the same bytes in the same environment: weights_sha256")]


def test_a_train_score_typed_higher_shows_when_it_is_trained_again(plan, net):
    typed(plan, net, lambda f: metrics(f, "train")["values"].update(Accuracy=100.0))
    found = look(plan, sample=99)
    wrong = [(again.id, again.text) for again in found.retrained if again.judged == "wrong"]
    assert wrong == [(net.id, "not the same bytes in the same environment: metrics")]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"data_sha256": "0" * 64}, "is of other data: data_sha256 is not that of the data set"),
        ({"splits_sha256": "0" * 64}, "is of other splits: splits_sha256 is not that of the splits drawn again"),
        ({"parameters": 651}, "parameters: recorded 651, the net built again has 650"),
        ({"multiply_adds": 1}, "multiply-adds: recorded 1, the net built again has 640"),
        ({"steps": 10}, "trained for 10 steps, the spec asks for 20"),
        ({"constant": True}, "says that it has no random part, and it has"),
        ({"weights_sha256": None}, "has no weights_sha256"),
        ({"code_sha256": "0" * 64}, "was made with other own code than lies in the folder"),
        ({"sealed": []}, "the sealed history has no point at the chosen step 20"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_field_typed(plan, net, change, says):
    typed(plan, net, lambda f: f.update(change))
    assert says in caught(plan, net)


def test_a_wrong_number_of_items(plan, net):
    typed(plan, net, lambda f: metrics(f).update(n=2000))
    assert caught(plan, net) == ("test: n is 2000, there are 200 items",)


def test_weights_chosen_otherwise_than_by_validation(plan):
    best = forgery.the_run(plan, "best", 0)
    record = Ledger(plan.spec.folder, "runs").find(best.identity)
    accuracy = {point.step: point.values["validation/Accuracy"] for point in record.history}
    assert accuracy[record.chosen.step] > min(accuracy.values())
    worst = min(accuracy, key=accuracy.get)
    typed(plan, best, lambda f: f["chosen"].update(step=worst))
    assert f"weights of step {worst} were chosen; by the spec it is step {record.chosen.step}" in caught(plan, best)


def test_weights_chosen_by_the_end_where_the_spec_says_validation(plan):
    best = forgery.the_run(plan, "best", 0)
    typed(plan, best, lambda f: f["chosen"].update(by="last", step=60))
    assert "weights chosen by last, the spec says best_validation" in caught(plan, best)


def test_an_estimator_is_held_to_its_predictions_too(plan):
    knn = forgery.the_run(plan, "knn", 0)
    predicted(plan, knn, improve)
    assert caught(plan, knn)[0].startswith("test/Accuracy is recorded as ")


def test_a_record_changed_and_not_sealed_again(plan, net):
    path = forgery.record_path(plan, net)
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    assert caught(plan, net) == ("the record is damaged: its sha256 is not that of its content",)


def test_predictions_changed_and_not_sealed_again(plan, net):
    path = forgery.record_path(plan, net).with_suffix(".npz")
    path.write_bytes(forgery.record_path(plan, forgery.the_run(plan, "net", 0)).with_suffix(".npz").read_bytes())
    (said,) = caught(plan, net)
    assert said.endswith("not the predictions that the record was written with")


def test_without_predictions_nothing_is_checked_and_that_is_said(plan, net):
    forgery.record_path(plan, net).with_suffix(".npz").unlink()
    found = look(plan)
    (row,) = [row for row in found.rows if row.state != "ok"]
    assert (row.id, row.state, row.unchecked) == (
        net.id,
        "not checked",
        ("its file of predictions is not there",),
    )
    assert (found.checked, found.is_right) == (4, True)
    for path in plan.spec.folder.rglob("*.npz"):
        path.unlink()
    none = look(plan)
    assert (none.checked, none.wrong, none.is_right) == (0, 0, False), "nothing checked is not all right"


def test_the_numbers_are_still_held_to_the_spec_without_predictions(plan, net):
    forgery.record_path(plan, net).with_suffix(".npz").unlink()
    typed(plan, net, lambda f: f.update(parameters=1))
    assert caught(plan, net) == ("parameters: recorded 1, the net built again has 650",)


def test_a_run_without_a_record_is_counted(plan, net):
    forgery.record_path(plan, net).unlink()
    assert [row.state for row in look(plan).rows if row.id == net.id] == ["no record"]


def test_a_good_run_that_is_said_to_have_diverged_is_found_when_it_is_trained_again(plan, net):
    typed(
        plan, net, lambda f: f.update(state="failed", reason="diverged at step 3", metrics={}, predictions_sha256=None)
    )
    found = look(plan, sample=99)
    assert [row.state for row in found.rows if row.id == net.id] == ["failed run"]
    (again,) = [again for again in found.retrained if again.id == net.id]
    assert again.judged == "wrong"
    assert again.text.startswith("not the same bytes in the same environment: state")


def test_what_is_found_wrong_is_not_trained_again(plan, net):
    typed(plan, net, lambda f: f.update(parameters=1))
    found = look(plan, sample=99)
    assert found.pool == 4
    assert net.id not in {again.id for again in found.retrained}


def test_a_record_from_elsewhere_is_judged_by_the_other_seeds(plan):
    """The other device is typed into every record, so bytes cannot be compared; the seeds' spread can."""
    for run in plan.runs:
        typed(plan, run, lambda f: f["environment"].update(device="another CPU", capability="AVX9"))
    found = look(plan, sample=99)
    by_name = {(again.experiment, again.seed): again for again in found.retrained}
    assert [by_name["net", seed].judged for seed in (0, 1, 2)] == ["inside"] * 3
    net = by_name["net", 0]
    assert net.recorded == net.again
    assert net.interval[0] < net.again < net.interval[1]
    assert [phrase.partition(" ")[0] for phrase in net.elsewhere] == ["device", "capability"]
    assert by_name["best", 0].judged == "cannot judge"
    assert by_name["knn", 0].judged == "inside"
    assert found.is_right
