"""A run that was stopped and went on from its checkpoint ends as if nothing had happened, on both paths."""

import dataclasses

import numpy as np
import pytest
import torch

from repro.data.prepare import prepare
from repro.spec.experiment import Cadence, Duration, Input, Scheduler, WeightRule
from repro.training import generators, metric_buffer
from repro.training.checkpoint import CheckpointFiles, UnusableCheckpoint, look_into
from repro.training.checkpoint_callback import CheckpointConfig
from repro.training.fit import fit
from repro.training.module import Module
from repro.training.stop import StopFlag, Stopped

NOISY = """
import random
import numpy as np
import torch

class Noisy(torch.nn.Module):
    '''Draws as notebooks do: from the process-wide generators, which nobody seeds at each step.'''
    def forward(self, x):
        if self.training:
            return x + 0.1 * float(np.random.randn()) + 0.01 * random.random()
        return x
"""

SELDOM = Cadence(number=1, unit="seconds")
RECIPES = ("everything", "early-stopping", "plateau", "long-tape", "own-noise", "gathered")


@pytest.fixture
def recipe(study, make_entry, make_layer, tmp_path, monkeypatch):
    """``recipe(name) -> (experiment, folder, paths)``: what a checkpoint has to keep differs between them."""
    net = (
        make_layer("Conv2d", out_channels=4, kernel_size=3),
        make_layer("BatchNorm2d"),
        make_layer("ReLU"),
        make_layer("Dropout", p=0.3),
        make_layer("Flatten"),
        make_layer("Linear", out_features="classes"),
    )
    augment = (make_entry("RandomAffine", p=0.9, degrees=10.0, translate_pixels=1.0),)
    inputs = {"input": Input(name="input", augment=augment, live=(make_entry("Rescale", low=-1.0, high=1.0),))}
    metrics = {"Accuracy": make_entry("Accuracy"), "AUROC": make_entry("AUROC", average="macro")}

    def make(name):
        both = ("chunked", "plain")
        if name == "everything":
            scheduler = Scheduler(entry=make_entry("Steps", values=(1e-2, 1e-3), until=(2,)), every="epoch")
            rules = (WeightRule(selector="all", l2=1e-3, max_norm=1.0),)
            return study(layers=net, inputs=inputs, scheduler=scheduler, weights=rules, metrics=metrics), tmp_path, both
        if name == "early-stopping":
            settings = {"steps": 200, "select": "best_validation", "stop_patience": 2}
            scheduler = Scheduler(entry=make_entry("InverseSqrt"), every="step")
            settings["evaluate_every"] = Duration(number=7, unit="steps")
            fast = make_entry("Adam", lr=0.1)
            return study(layers=net, scheduler=scheduler, optimizer=fast, training=settings), tmp_path, both
        if name == "plateau":
            plateau = make_entry("ReduceLROnPlateau", factor=0.5, patience=0, threshold=0.5)
            schedule = Scheduler(entry=plateau, every="epoch", watch="validation/loss")
            settings = {"evaluate_every": Duration(number=1, unit="epochs")}
            return study(scheduler=schedule, training=settings), tmp_path, both
        if name == "long-tape":
            monkeypatch.setattr(metric_buffer, "_FLUSH_VALUES", 1000)  # about three batches
            settings = {"evaluate_every": Duration(number=40, unit="steps")}
            return study(training=settings, metrics=metrics), tmp_path, both
        if name == "own-noise":
            (tmp_path / "model.py").write_text(NOISY)
            layers = (make_layer("Flatten"), make_layer("model.py:Noisy"), make_layer("Linear", out_features="classes"))
            return study(layers=layers), tmp_path, both
        assert name == "gathered"
        return study(layers=net, training={"accumulate_grad_batches": 3}), tmp_path, ("plain",)

    return make


@pytest.fixture
def stops(monkeypatch):
    """``stops(step) -> flag``: a flag that is set while the update before ``step`` is made."""

    def make(step):
        flag, begin = StopFlag(), Module.begin_step

        def beginning(self, now, batch_idx):
            if now + 1 == step:
                flag.set()
            begin(self, now, batch_idx)

        monkeypatch.setattr(Module, "begin_step", beginning)
        return flag

    return make


def same(one, other):
    """Everything of two outcomes but times, notes and where they went on."""
    for field in dataclasses.fields(one):
        if field.name not in ("seconds", "notes", "resumed", "predictions", "path"):
            assert getattr(one, field.name) == getattr(other, field.name), field.name
    for view, kept in one.predictions["digit"].items():
        for name, array in kept.arrays.items():
            np.testing.assert_array_equal(array, other.predictions["digit"][view].arrays[name])


def broken(stops, at, experiment, data, checkpointing, **how):
    """Stop at each of these steps, go on each time, and give the outcome of the last stretch."""
    for step in at:
        with pytest.raises(Stopped) as stopped:
            fit(experiment, data, checkpointing=checkpointing, stop=stops(step), **how)
        assert (stopped.value.step, stopped.value.kept) == (step, True)
    return fit(experiment, data, checkpointing=checkpointing, **how)


@pytest.mark.parametrize("name", RECIPES)
def test_stopped_at_any_step_it_ends_in_the_same_bytes(name, recipe, stops, tmp_path):
    experiment, folder, paths = recipe(name)
    data = prepare(experiment, seed=0, folder=folder)
    unbroken = {p: fit(experiment, data, seed=3, folder=folder, path=p, history_views=("train",)) for p in paths}
    for path in paths:
        same(unbroken[paths[0]], unbroken[path])
        last = unbroken[path].steps
        for number, at in enumerate([(1,), (4, 5), (10,), (9, 20, last - 1)]):
            checkpointing = CheckpointConfig(tmp_path / f"{path}{number}.checkpoint", "a run", SELDOM)
            how = {"seed": 3, "folder": folder, "path": path, "history_views": ("train",)}
            outcome = broken(stops, at, experiment, data, checkpointing, **how)
            assert outcome.resumed == at
            same(unbroken[path], outcome)


def test_generators_that_are_not_put_back_give_other_bytes(recipe, stops, tmp_path, monkeypatch):
    """The negative control: without the generators' state the test above would be red."""
    experiment, folder, _ = recipe("own-noise")
    data = prepare(experiment, seed=0, folder=folder)
    unbroken = fit(experiment, data, seed=0, folder=folder)
    monkeypatch.setattr("repro.training.checkpoint_callback.restore_rng_state", lambda state: None)
    outcome = broken(
        stops,
        (20,),
        experiment,
        data,
        CheckpointConfig(tmp_path / "x.checkpoint", "a run", SELDOM),
        seed=0,
        folder=folder,
    )
    assert outcome.weights_sha256 != unbroken.weights_sha256


def test_process_wide_generators_follow_the_seed(recipe):
    experiment, folder, _ = recipe("own-noise")
    data = prepare(experiment, seed=0, folder=folder)
    np.random.seed(1)
    one = fit(experiment, data, seed=0, folder=folder)
    np.random.seed(2)
    again, other = (fit(experiment, data, seed=seed, folder=folder) for seed in (0, 1))
    assert one.weights_sha256 == again.weights_sha256 != other.weights_sha256


def test_generators_come_back_from_plain_values(tmp_path):
    generators.seed_all(5)
    np.random.randn()  # leaves half of a pair behind
    CheckpointFiles().save_checkpoint({"generators": generators.rng_state()}, tmp_path / "c")
    drawn = (np.random.randn(3).tolist(), torch.rand(3).tolist())
    generators.restore_rng_state(CheckpointFiles().load_checkpoint(tmp_path / "c")["generators"])
    assert (np.random.randn(3).tolist(), torch.rand(3).tolist()) == drawn


@pytest.mark.parametrize(
    ("every", "steps"),
    [
        (Cadence(number=7, unit="steps"), [7, 14, 21, 28, 35]),
        (Cadence(number=1, unit="epochs"), [10, 20, 30]),
        (Cadence(number=3600, unit="seconds"), []),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["chunked", "plain"])
def test_every_checkpoint_asked_for_is_written(every, steps, path, study, data_of, folder, tmp_path, monkeypatch):
    written = []
    save = CheckpointFiles.save_checkpoint

    def noting(self, checkpoint, path, storage_options=None):
        save(self, checkpoint, path)
        written.append(look_into(path, {"run": "a run"}).step)

    monkeypatch.setattr(CheckpointFiles, "save_checkpoint", noting)
    experiment = study()
    checkpointing = CheckpointConfig(tmp_path / "c", "a run", every)
    fit(experiment, data_of(experiment), seed=0, folder=folder, checkpointing=checkpointing, path=path)
    assert written == steps


def test_a_cadence_of_seconds_is_kept_in_the_middle_of_an_epoch(study, data_of, folder, tmp_path, monkeypatch):
    """Time goes on by half a second at each look at the clock."""
    clock = iter(np.arange(0, 10**6, 0.5))
    monkeypatch.setattr("repro.training.checkpoint_callback.time.monotonic", lambda: float(next(clock)))
    experiment = study(training={"evaluate_every": Duration(number=3, unit="steps")})
    checkpointing = CheckpointConfig(tmp_path / "c", "a run", Cadence(number=2, unit="seconds"))
    fit(experiment, data_of(experiment), seed=0, folder=folder, checkpointing=checkpointing)
    assert look_into(tmp_path / "c", {}).step not in (0, 10, 20, 30, 40)


def test_a_checkpoint_of_something_else_is_said_and_not_used(study, data_of, folder, stops, tmp_path):
    experiment = study()
    data = data_of(experiment)
    path = tmp_path / "c"

    def kept():
        with pytest.raises(Stopped):
            fit(
                experiment,
                data,
                seed=0,
                folder=folder,
                checkpointing=CheckpointConfig(path, "a run", SELDOM),
                stop=stops(13),
            )
        return path.read_bytes()

    whole = kept()
    unbroken = fit(experiment, data, seed=0, folder=folder)
    for content, why in (
        (whole[:-1], "its sha256 is not that of its content"),
        (whole[:200] + b"x" + whole[201:], "its sha256 is not that of its content"),
        (b"anything", "no checkpoint of this program"),
    ):
        path.write_bytes(content)
        with pytest.raises(UnusableCheckpoint, match=why):
            look_into(path, {})
        outcome = fit(experiment, data, seed=0, folder=folder, checkpointing=CheckpointConfig(path, "a run", SELDOM))
        assert why in " ".join(outcome.notes)
        assert not outcome.resumed
        same(unbroken, outcome)
    kept()
    other = fit(experiment, data, seed=0, folder=folder, checkpointing=CheckpointConfig(path, "another run", SELDOM))
    assert "its run is a run, here it is another run" in " ".join(other.notes)
    kept()
    threads = experiment.model_copy(update={"training": experiment.training.model_copy(update={"threads": 2})})
    elsewhere = fit(threads, data, seed=0, folder=folder, checkpointing=CheckpointConfig(path, "a run", SELDOM))
    assert "its threads is 1, here it is 2" in " ".join(elsewhere.notes)
    assert not elsewhere.resumed


def test_a_pickle_in_a_checkpoint_is_never_run(tmp_path, monkeypatch):
    class Evil:
        def __reduce__(self):
            return (print, ("run!",))

    path = tmp_path / "c"
    monkeypatch.chdir(tmp_path)
    CheckpointFiles().save_checkpoint({"callbacks": Evil()}, path)
    with pytest.raises(UnusableCheckpoint, match="cannot be read"):
        look_into(path, {})


def test_a_full_disk_costs_the_checkpoint_and_not_the_run(study, data_of, folder, tmp_path, capsys, monkeypatch):
    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CheckpointFiles, "save_checkpoint", full)
    experiment = study()
    data = data_of(experiment)
    checkpointing = CheckpointConfig(tmp_path / "c", "a run", Cadence(number=15, unit="steps"))
    outcome = fit(experiment, data, seed=0, folder=folder, checkpointing=checkpointing)
    monkeypatch.undo()
    same(fit(experiment, data, seed=0, folder=folder), outcome)
    said = capsys.readouterr().err
    assert said.count("No space left on device") == 2
    assert "no checkpoint at step 15" in said
