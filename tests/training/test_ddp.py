"""Two real processes over gloo: the batches, the updates and the scores of one."""

import itertools
import multiprocessing
import runpy
from pathlib import Path

import numpy as np
import pytest

from repro.data import eval_batches
from repro.data.shard import Shard
from repro.spec.experiment import Cadence, Duration, Input, Only, Splits, View, WeightRule
from repro.training.fit import fit

SCRIPT = str(Path(__file__).parent / "ranks_at_work.py")
EVAL_ITEMS = 50
EXACT = {"precision": "64-true", "steps": None, "epochs": 3, "evaluate_every": Duration(number=1, unit="epochs")}


def together(folder, calls, count=2, seconds=300):
    """Make these calls of ``fits`` on ranks that have met; ``[{call: what it gave}]`` by rank, or what they say."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["repro.training.fit", "repro.data.prepare"])
    pipes, started = [], []
    for rank in range(count):
        ours, theirs = context.Pipe()
        job = (theirs, Shard(rank, count), f"file://{folder}/meet", EVAL_ITEMS, calls)
        process = context.Process(target=runpy.run_path, args=(SCRIPT, {"JOB": job}), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        started.append(process)
    said = [pipe.recv() if pipe.poll(seconds) else ("failed", "it never ended") for pipe in pipes]
    for process in started:
        process.join(120)
        process.kill()
    return said


@pytest.fixture(scope="module")
def experiments(study, make_entry, make_layer):
    norm = (
        make_layer("Conv2d", out_channels=4, kernel_size=3),
        make_layer("BatchNorm2d"),
        make_layer("ReLU"),
        make_layer("Flatten"),
        make_layer("Linear", out_features="classes"),
    )
    sgd = make_entry("SGD", lr=0.05, momentum=0.9)
    penalty = (WeightRule(selector="all", l2=1e-2, max_norm=1.0),)
    weighted = make_entry("CrossEntropyLoss", weight=[1.0 + k for k in range(10)])
    augment = (make_entry("RandomAffine", p=0.9, degrees=10.0, translate_pixels=1.0),)
    noisy = {"input": Input(name="input", augment=augment, live=(make_entry("Rescale", low=-1.0, high=1.0),))}
    return {
        "norm": study(
            layers=norm, optimizer=sgd, weights=penalty, training=EXACT,
            splits=Splits(source="all", train=300, validation=101, test=201),
        ),
        "one-left": study(
            training=EXACT | {"batch_size": 33}, losses={"digit": make_entry("CrossEntropyLoss", reduction="sum")},
            optimizer=make_entry("SGD", lr=1e-3), metrics={n: make_entry(n, **a) for n, a in METRICS.items()},
            splits=Splits(source="all", train=265, validation=100, test=200),
        ),
        "stops-early": study(
            training=EXACT | {"epochs": 60, "select": "best_validation", "stop_patience": 1},
            losses={"digit": weighted}, optimizer=make_entry("Adam", lr=0.3),
        ),
        "segments": study(training=EXACT, views=VIEWS),
        "clipped": study(training=EXACT | {"gradient_clip_val": 0.3, "accumulate_grad_batches": 2}),
        "augmented": study(
            layers=norm, optimizer=make_entry("SGD", lr=0.05), inputs=noisy, training=EXACT | {"precision": None},
        ),
        "dropout": study(
            layers=(*norm[:3], make_layer("Dropout", p=0.3), *norm[3:]), inputs=noisy,
            training={"checkpoint_every": Cadence(number=1000, unit="steps"), "steps": 25},
        ),
    }  # fmt: skip


VIEWS = {
    "majority": View(name="majority", of="test", vote="majority"),
    "segments": View(name="segments", of="test", vote="none"),
    "called": View(name="called", of="test", only=Only(label="digit", classes=("3",), predicted=True)),
}
METRICS = {"Accuracy": {}, "AUROC": {"average": "macro"}}
SAME_AS_ONE = ("norm", "one-left", "stops-early", "clipped")


@pytest.fixture(scope="module")
def made(experiments, folder, tmp_path_factory):
    """Everything that the tests below look at, made by two processes that meet once: ``{call: (rank 0, rank 1)}``."""
    root = tmp_path_factory.mktemp("ddp")
    calls = {
        name: {"experiment": experiments[name], "folder": folder, "history_views": ("train",)}
        for name in (*SAME_AS_ONE, "augmented")
    }
    dropout = {"experiment": experiments["dropout"], "folder": folder, "seed": 3}
    calls["unbroken"] = dropout
    calls["stopped"] = dropout | {"keep": root / "checkpoint", "stop_at": 11}
    calls["went on"] = dropout | {"keep": root / "checkpoint"}
    calls["raw"] = calls["norm"] | {"raw": True}
    calls["segments"] = {
        "experiment": experiments["segments"], "folder": folder, "history_views": ("majority",), "cut": True
    }  # fmt: skip
    said = together(root, calls)
    assert [how for how, _ in said] == ["done", "done"], said
    return {name: tuple(by_call[name] for _, by_call in said) for name in calls}


@pytest.fixture(scope="module")
def alone(experiments, data_of, folder):
    """The same in this process alone, kept."""
    kept = {}

    def make(name):
        if name not in kept:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(eval_batches, "EVAL_ITEMS", EVAL_ITEMS)
                experiment = experiments[name]
                how = {"seed": 0, "folder": folder, "accelerator": "cpu", "history_views": ("train",)}
                kept[name] = fit(experiment, data_of(experiment), **how)
        return kept[name]

    return make


@pytest.mark.parametrize("name", SAME_AS_ONE)
def test_both_ranks_hold_equal_weights_after_each_epoch(name, made):
    first, second = (rank["hashes"] for rank in made[name])
    assert len(first) >= 2
    assert first == second


def test_a_backward_that_goes_round_ddp_leaves_ranks_apart(made):
    """The negative control of the test above."""
    first, second = (rank["hashes"] for rank in made["raw"])
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_every_item_is_augmented_as_in_one_process(made, alone):
    """In float32, which augmentation needs; so the losses are equal to a few digits, and no more."""
    one, two = alone("augmented"), made["augmented"][0]["outcome"]
    losses = [[look.values["running/loss"] for look in outcome.history] for outcome in (one, two)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


@pytest.mark.parametrize("name", SAME_AS_ONE)
def test_two_processes_train_as_one_does(name, made, alone):
    one, two = alone(name), made[name][0]["outcome"]
    assert two.ran.devices == 2
    assert (one.steps, one.chosen) == (two.steps, two.chosen)
    assert [look.step for look in one.history] == [look.step for look in two.history]
    for mine, theirs in zip((*one.history, *one.sealed), (*two.history, *two.sealed), strict=True):
        assert theirs.values == pytest.approx(mine.values, rel=1e-6), mine.step
    for view, scores in one.metrics["digit"].items():
        assert two.metrics["digit"][view].n == scores.n
        assert two.metrics["digit"][view].values == pytest.approx(scores.values, rel=1e-6), view
    mine, theirs = (o.predictions["digit"]["test"].arrays for o in (one, two))
    np.testing.assert_array_equal(mine["items"], theirs["items"])
    np.testing.assert_allclose(mine["predicted"], theirs["predicted"], rtol=1e-6, atol=1e-6)


def test_every_batch_is_the_whole_one_and_shared_out(made):
    for name, last in (("norm", [6, 6]), ("one-left", [1, 0])):
        first, second = made[name]
        assert first["items"] == second["items"]
        shared = list(zip(first["shares"], second["shares"], strict=True))
        assert [a + b for a, b in shared] == [len(items) for items in first["items"]]
        assert list(shared[-1]) == last
    for epoch in range(3):
        items = list(itertools.chain(*made["one-left"][0]["items"][9 * epoch : 9 * (epoch + 1)]))
        assert len(items) == len(set(items)) == 265


def test_scores_are_of_every_item_once(made):
    for rank in made["norm"]:
        metrics = rank["outcome"].metrics["digit"]
        assert {view: score.n for view, score in metrics.items()} == {
            "running": 300, "train": 300, "validation": 101, "test": 201,
        }  # fmt: skip
        assert len(set(rank["outcome"].predictions["digit"]["test"].arrays["items"].tolist())) == 201


def test_two_processes_put_segments_together_as_one_does(made, experiments, data_of, segmented, folder):
    experiment = experiments["segments"]
    data = segmented(data_of(experiment.model_copy(update={"views": {}})))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eval_batches, "EVAL_ITEMS", EVAL_ITEMS)  # an item's segments fall into batches of both ranks
        one = fit(experiment, data, seed=0, folder=folder, accelerator="cpu", history_views=("majority",))
    for two in (rank["outcome"] for rank in made["segments"]):
        assert {n: s.n for n, s in two.metrics["digit"].items()} == {n: s.n for n, s in one.metrics["digit"].items()}
        for view, score in one.metrics["digit"].items():
            assert two.metrics["digit"][view].values == pytest.approx(score.values, rel=1e-6), view
        assert two.sealed[-1].values == pytest.approx(one.sealed[-1].values, rel=1e-6)
    assert one.metrics["digit"]["test"].n == 200


def test_early_stopping_stops_both(made, alone):
    first, second = (rank["outcome"] for rank in made["stops-early"])
    assert first.steps == second.steps == alone("stops-early").steps < 600
    assert first.chosen == second.chosen
    assert first.chosen[1] < first.steps


def test_a_run_goes_on_in_the_middle_of_an_epoch(made):
    """To the last bit, random layers of both ranks included; each item of the epoch comes once."""
    assert made["stopped"][0]["outcome"] == made["stopped"][1]["outcome"]
    step, kept = made["stopped"][0]["outcome"]
    assert kept
    assert 11 <= step < 20  # the ranks agree some steps later
    for rank in range(2):
        unbroken, stopped, went_on = (made[name][rank] for name in ("unbroken", "stopped", "went on"))
        assert went_on["outcome"].resumed == (step,)
        assert stopped["items"] + went_on["items"] == unbroken["items"]
        assert went_on["outcome"].weights_sha256 == unbroken["outcome"].weights_sha256
        assert went_on["outcome"].metrics == unbroken["outcome"].metrics
        assert went_on["outcome"].history == unbroken["outcome"].history
    assert made["unbroken"][0]["outcome"].weights_sha256 == made["unbroken"][1]["outcome"].weights_sha256
    assert "random layers draw other numbers on 2 devices than on one" in made["unbroken"][0]["outcome"].notes


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 5])
def test_more_ranks_than_items_in_the_last_batch(count, experiments, alone, folder, tmp_path):
    calls = {name: {"experiment": experiments[name], "folder": folder} for name in ("norm", "one-left")}
    said = together(tmp_path, calls, count=count)
    assert {how for how, _ in said} == {"done"}, said
    for name in calls:
        two = said[0][1][name]["outcome"]
        assert two.metrics["digit"]["test"].values == pytest.approx(alone(name).metrics["digit"]["test"].values)
        assert len({tuple(of_rank[name]["hashes"]) for _, of_rank in said}) == 1
