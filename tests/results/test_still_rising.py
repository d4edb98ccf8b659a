"""A hint that training stopped too early, from validation alone and never from test."""

import math

import numpy as np
import pytest

from repro.results.still_rising import rises, still_rising
from repro.runs.record import Environment, Point, Record, Timings
from repro.spec.load import load_spec

SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Was it trained long enough?
dataset: {name: digits}
splits: {train: 300, validation: 100, test: 200}
architecture: {mlp: [Flatten, Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 20}
seeds: [0, 1]
baseline: mlp
experiments: {mlp: {title: The net}}
rungs: {smoke: {training.epochs: 2}, few: {seeds: [0]}}
"""
RISING = [10.0 + 3 * n for n in range(20)]
FLAT = [*np.linspace(10, 60, 8), *[60.0] * 12]
WHERE = Environment(
    device="CPU", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.11", platform="x",
    capability="AVX2", versions={},
)  # fmt: skip


def record(seed, validation, test=(), key="validation/Accuracy"):
    open_ = tuple(Point(step=6 * n, epoch=n, values={key: v}) for n, v in enumerate(validation, 1))
    sealed = tuple(Point(step=6 * n, epoch=n, values={"test/Accuracy": v}) for n, v in enumerate(test, 1))
    return Record(
        spec="x", identity=f"{seed}", terms="t", experiment="mlp", seed=seed, rung="full", state="done",
        history=open_, sealed=sealed, steps=120, environment=WHERE, training_path="chunked",
        timings=Timings(data=0, fit=0, evaluate=0, total=0),
    )  # fmt: skip


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "paper.yaml").write_text(SPEC)
    return lambda rung="full", changes=(): load_spec(tmp_path, rung=rung, changes=changes)


def test_it_is_said_where_validation_says_so(spec):
    (said,) = still_rising(spec(), [record(0, RISING), record(1, RISING)])
    assert said == (
        "The net: validation/Accuracy still got better when training stopped at step 120 (2 of 2 runs); "
        "longer training may give more"
    )


@pytest.mark.parametrize(
    ("records", "rung", "changes"),
    [
        ([(FLAT, ())], "full", ()),
        ([(FLAT, RISING)], "full", ()),  # test alone says nothing
        ([((), RISING)], "full", ()),
        ([(RISING, ()), (FLAT, ())], "full", ()),  # half of the runs is not most
        ([(RISING, ())], "smoke", ()),  # cut short on purpose
        ([(RISING, ())], "full", ("training.stop_patience=3",)),
        ([(RISING[:5], ())], "full", ()),  # too few looks
        ([([*RISING[:-1], math.nan], ())], "full", ()),
    ],
)
def test_it_is_not_said_otherwise(records, rung, changes, spec):
    made = [record(seed, *curves) for seed, curves in enumerate(records)]
    assert still_rising(spec(rung, changes), made) == ()


def test_a_rung_that_leaves_training_alone(spec):
    assert len(still_rising(spec("few"), [record(0, RISING)])) == 1


def test_less_is_better_for_a_loss(spec):
    watch = ("training.watch=validation/loss", "training.select=best_validation")
    falling = list(reversed(RISING))
    assert len(still_rising(spec("full", watch), [record(0, falling, key="validation/loss")])) == 1
    assert still_rising(spec("full", watch), [record(0, RISING, key="validation/loss")]) == ()


def test_noise_alone_is_no_rise():
    draws = np.random.default_rng(0)
    told = sum(rises(60 + draws.normal(0, 1, 20)) for _ in range(400))
    assert told < 20  # under 5 %
    assert sum(rises(np.arange(20) + draws.normal(0, 1, 20)) for _ in range(100)) > 60
