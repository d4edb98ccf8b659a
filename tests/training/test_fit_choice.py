"""Which weights are kept, when training stops, and what is seen on the way."""

import math

import pytest
import torch

from repro.spec.experiment import Duration, Scheduler, WeightRule
from repro.training.best_model import BestModelTracker, monitored_metric, smaller_is_better
from repro.training.fit import fit
from repro.training.module import make_module


def by_step(looks, key):
    return {look.step: look.values[key] for look in looks}


def test_last_takes_the_last_weights(study, data_of, folder):
    experiment = study()
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert outcome.chosen == ("last", 40, 4.0)
    assert outcome.metrics["digit"]["test"].values == {
        name: outcome.sealed[-1].values[f"test/{name}"] for name in ("Accuracy", "loss", "objective")
    }
    assert outcome.metrics["digit"]["test"].n == 200
    assert set(outcome.metrics["digit"]) == {"running", "train", "validation", "test"}


def test_best_validation_takes_the_weights_of_its_best_look(study, data_of, folder, make_entry):
    experiment = study(
        optimizer=make_entry("SGD", lr=0.8),  # jumps about, so that the best is not the last
        training={"select": "best_validation", "steps": 60, "evaluate_every": Duration(number=5, unit="steps")},
    )
    data = data_of(experiment)
    outcome = fit(experiment, data, seed=1, folder=folder)
    last = fit(study(optimizer=make_entry("SGD", lr=0.8), training={"steps": 60}), data, seed=1, folder=folder)
    seen = by_step(outcome.history, "validation/Accuracy")
    best = max(seen.values())
    step = min(step for step, value in seen.items() if value == best)
    assert step != 60
    assert outcome.chosen == ("best_validation", step, step / 10)
    assert outcome.metrics["digit"]["validation"].values["Accuracy"] == best
    assert outcome.metrics["digit"]["test"].values["Accuracy"] == by_step(outcome.sealed, "test/Accuracy")[step]
    assert outcome.steps == 60
    assert outcome.metrics["digit"]["test"] != last.metrics["digit"]["test"]
    assert outcome.weights_sha256 != last.weights_sha256


def test_best_test_runs_to_its_full_length_and_gives_the_end(study, data_of, folder, make_entry):
    still = make_entry("SGD", lr=0.0)  # never better, so that patience would end it
    experiment = study(optimizer=still, training={"select": "best_test", "stop_patience": 1, "steps": 60})
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert outcome.steps == 60
    assert outcome.chosen == ("last", 60, 6.0)
    assert [look.step for look in outcome.sealed] == [10, 20, 30, 40, 50, 60]


def test_patience_stops_after_so_many_looks_without_a_better_value(study, data_of, folder, make_entry):
    experiment = study(
        optimizer=make_entry("SGD", lr=0.0), training={"stop_patience": 2, "steps": 200, "watch": "validation/loss"}
    )
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert outcome.steps == 30  # the first look is the best; two more without a better one
    assert [look.step for look in outcome.history] == [10, 20, 30]


def test_epochs_are_looked_at_where_they_end(study, data_of, folder):
    every = {"steps": None, "epochs": 3, "evaluate_every": Duration(number=1, unit="epochs")}
    experiment = study(training=every)
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert [(look.step, look.epoch) for look in outcome.history] == [(10, 1.0), (20, 2.0), (30, 3.0)]


def test_the_end_is_always_looked_at(study, data_of, folder):
    experiment = study(training={"steps": 25})
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert [look.step for look in outcome.history] == [10, 20, 25]
    assert outcome.history[-1].epoch == 2.5


def test_train_is_a_whole_pass_and_only_taken_where_someone_asks(study, data_of, folder):
    experiment = study()
    data = data_of(experiment)
    plain = fit(experiment, data, seed=0, folder=folder)
    asked = fit(experiment, data, seed=0, folder=folder, history_views=("train",))
    assert "train/Accuracy" not in plain.history[0].values
    assert asked.history[-1].values["train/Accuracy"] == asked.metrics["digit"]["train"].values["Accuracy"]
    assert asked.metrics["digit"]["train"].n == 300


def test_running_is_the_mean_since_the_last_look(study, data_of, folder, make_entry):
    """With a learning rate of 0 the net stays as it is: over one epoch, running is the whole pass over train."""
    experiment = study(optimizer=make_entry("SGD", lr=0.0), training={"steps": 20})
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    running, train = outcome.metrics["digit"]["running"], outcome.metrics["digit"]["train"]
    assert running.n == train.n == 300
    assert running.values["Accuracy"] == train.values["Accuracy"]
    assert math.isclose(running.values["loss"], train.values["loss"], rel_tol=1e-6)


def test_a_plateau_is_told_what_is_watched_at_each_epoch(study, data_of, folder, make_entry, monkeypatch):
    told = []
    step = torch.optim.lr_scheduler.ReduceLROnPlateau.step

    def noting(self, metrics, epoch=None):
        told.append(float(metrics))
        return step(self, metrics, epoch)

    monkeypatch.setattr(torch.optim.lr_scheduler.ReduceLROnPlateau, "step", noting)
    plateau = make_entry("ReduceLROnPlateau", factor=0.5, patience=0, threshold=0.0)
    schedule = Scheduler(entry=plateau, every="epoch", watch="running/loss")
    each_epoch = Duration(number=1, unit="epochs")
    experiment = study(
        optimizer=make_entry("SGD", lr=0.1), scheduler=schedule, training={"steps": 60, "evaluate_every": each_epoch}
    )
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert told == pytest.approx(list(by_step(outcome.history, "running/loss").values()))
    assert len(told) == 6


def test_penalties_are_in_the_objective_and_not_in_the_loss(study, data_of, folder):
    experiment = study(weights=(WeightRule(selector="all", l2=0.25),), training={"steps": 1})
    data = data_of(experiment)
    outcome = fit(experiment, data, seed=0, folder=folder)
    values = outcome.metrics["digit"]["running"].values
    weights = make_module(experiment, data, seed=0, folder=folder).network.state_dict()
    squares = sum(float((w**2).sum()) for name, w in weights.items() if name.endswith("weight"))
    assert values["objective"] - values["loss"] == pytest.approx(0.25 * squares, rel=1e-5)


def test_bounds_on_weights_hold_after_the_last_step(study, data_of, folder):
    experiment = study(weights=(WeightRule(selector="all", max_norm=0.3),), training={"select": "best_validation"})
    seen = []
    see = BestModelTracker.see

    def looking(self, values, step, epoch, network):
        seen.extend(float(w.norm(dim=1).max()) for n, w in network.state_dict().items() if n.endswith("weight"))
        return see(self, values, step, epoch, network)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BestModelTracker, "see", looking)
        fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert len(seen) == 8
    assert max(seen) == pytest.approx(0.3, rel=1e-5)


@pytest.mark.parametrize(("lr", "step"), [(1e30, 2), (float("inf"), 2)])
def test_a_run_that_diverges_fails_with_its_step(lr, step, study, data_of, folder, make_entry):
    experiment = study(optimizer=make_entry("SGD", lr=lr))
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert outcome.state == "failed"
    assert outcome.reason == f"diverged at step {step}"
    assert outcome.metrics == {}
    assert outcome.predictions == {}
    assert outcome.weights_sha256 is None


def test_progress_ends_at_the_last_step(study, data_of, folder):
    told = []
    experiment = study()
    fit(experiment, data_of(experiment), seed=0, folder=folder, on_progress=lambda *said: told.append(said))
    assert [(step, steps) for step, steps, _ in told] == [(10, 40), (20, 40), (30, 40), (40, 40)]
    assert set(told[-1][2]) == {
        f"{view}/{name}" for view in ("running", "validation") for name in ("Accuracy", "loss", "objective")
    }


def test_what_is_watched_and_which_way(study, make_entry):
    experiment = study(metrics={"wrong": make_entry("ErrorRate"), "Accuracy": make_entry("Accuracy")})
    assert monitored_metric(experiment) == "validation/wrong"
    assert [smaller_is_better(experiment, k) for k in ("validation/wrong", "x/Accuracy", "x/loss", "x/objective")] == [
        True,
        False,
        True,
        True,
    ]


def test_the_first_of_equal_values_is_the_best():
    net = torch.nn.Linear(1, 1)
    watch = BestModelTracker("v", smaller=True, keep=True, patience=2)
    assert [watch.see({"v": v}, s, s / 2, net) for s, v in [(1, 3.0), (2, 2.0), (3, 2.0), (4, 2.5)]] == [
        False,
        False,
        False,
        True,
    ]
    assert (watch.best, watch.step) == (2.0, 2)
    watch = BestModelTracker("v", smaller=False, keep=False, patience=None)
    assert not any(watch.see({"v": v}, s, s / 2, net) for s, v in [(1, 1.0), (2, 2.0), (3, 2.0)])
    assert (watch.best, watch.step, watch.state) == (2.0, 2, {})
