"""Augmentations: drawn for each item, from the generator alone, and mixing of whole batches."""

from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data.datamodule import DataModule
from repro.data.features.chain import Chain
from repro.data.features.feature import FeatureError
from repro.data.features.gain import Gain
from repro.data.features.masking import FrequencyMasking, TimeMasking
from repro.data.features.mixup import Mixup
from repro.data.features.random_crop import RandomCrop
from repro.data.features.time_shift import TimeShift
from repro.data.input_chains import build_chains
from repro.data.items import Items
from repro.data.prepare import forget, prepare
from repro.data.prepared import Target
from repro.spec.experiment import Dataset, Input, View
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import SpecError
from repro.spec.shape import Shape
from repro.training.loss import LabelLoss, check_mixable
from repro.training.metric import LabelMetric

SIGNAL, SPECTROGRAM = Shape.of("C T", 1, 90), Shape.of("C F T", 2, 30, 50)


def entry(name, **args):
    return Entry(name=name, args=args, place=Place("paper.yaml", 7, 5))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def built(feature, shape, rate=100.0):
    feature.rate(rate)
    feature.shape(shape)
    return feature


CASES = [
    (Gain((-6, 6)), SIGNAL),
    (TimeShift(samples=20), SIGNAL),
    (TimeShift(seconds=0.2, around=True), SIGNAL),
    (TimeShift(samples=20), SPECTROGRAM),
    (TimeMasking(20), SPECTROGRAM),
    (FrequencyMasking(20), SPECTROGRAM),
    (RandomCrop(0.5), SIGNAL),
]


@pytest.mark.parametrize(("feature", "shape"), CASES, ids=lambda c: type(c).__name__)
def test_each_item_gets_its_own_draw_from_the_generator_alone(feature, shape):
    built(feature, shape)
    one = torch.rand(shape.sizes, generator=generator(9)) + 1
    batch = one.expand(200, *shape.sizes).clone()
    made = feature(batch, generator(3))
    assert torch.equal(batch[0], one)
    torch.manual_seed(5)
    assert torch.equal(feature(batch, generator(3)), made)
    assert not torch.equal(feature(batch, generator(4)), made)
    assert len({row.numpy().tobytes() for row in made}) > 15
    other = batch.clone()
    other[0] *= 2
    assert torch.equal(feature(other, generator(3))[1:], made[1:])
    with pytest.raises(FeatureError, match="is random and got no generator"):
        feature(batch)


def test_gain_is_even_in_decibels():
    made = built(Gain((-12, 6)), SIGNAL)(torch.ones(4000, 1, 90), generator())
    db = 20 * made[:, 0, 0].log10()
    assert (db.min() > -12.01, db.max() < 6.01) == (True, True)
    assert torch.histc(db, 6, -12, 6).tolist() == pytest.approx([4000 / 6] * 6, rel=0.15)


@pytest.mark.parametrize("around", [False, True])
def test_a_shift_moves_and_fills(around):
    batch = torch.arange(1.0, 91).expand(500, 1, 90)
    made = built(TimeShift(samples=3, around=around), SIGNAL)(batch, generator())
    seen = set()
    for row in made[:, 0].numpy():
        move = int(np.argmax(row == 45)) - 44
        seen.add(move)
        expected = np.roll(np.arange(1.0, 91), move)
        if not around and move:
            expected[slice(0, move) if move > 0 else slice(move, None)] = 0
        assert row.tolist() == expected.tolist()
    assert seen == set(range(-3, 4))


@pytest.mark.parametrize(
    ("feature", "axis", "most"),
    [(TimeMasking(20), 3, 20), (TimeMasking(40, p=0.2), 3, 10), (FrequencyMasking(12), 2, 12)],
)
def test_masks_are_stretches_over_all_else(feature, axis, most):
    made = built(feature, SPECTROGRAM)(torch.ones(2000, *SPECTROGRAM.sizes), generator())
    wiped = (made == 0).all(5 - axis).all(1)  # (N, size)
    assert torch.equal((made == 0).any(5 - axis).any(1), wiped)
    widths = wiped.sum(1)
    assert sorted(set(widths.tolist())) == list(range(most))
    edges = wiped.int().diff(dim=1).abs().sum(1)
    assert int(edges.max()) == 2
    assert wiped.any(0).all()


def test_a_random_crop_takes_every_stretch_and_in_evaluation_the_middle():
    feature = built(RandomCrop(0.8), SIGNAL)
    batch = torch.arange(90.0).expand(600, 1, 90)
    starts = feature(batch, generator())[:, 0, 0]
    assert sorted(set(starts.tolist())) == list(range(11))
    assert feature.settled(batch)[0, 0].tolist() == list(range(5, 85))


class Signals:
    """60 signals of 90 samples at 100 Hz; the value of each is its own number."""

    def __new__(cls):
        values = np.arange(60, dtype=np.float32)[:, None, None] + np.linspace(0, 0.5, 90, dtype=np.float32)
        columns = {"digit": np.array([str(n % 10) for n in range(60)]), "level": np.arange(60.0)}
        return Items("mnist1d", values, SIGNAL, columns, {"train": np.arange(48), "test": np.arange(48, 60)}, 100.0)


@pytest.fixture
def data(make_experiment, tmp_path):
    forget()

    def make(*augment, features=(), live=(), **fields):
        given = {"input": Input(name="input", cached=features, augment=augment, live=live)}
        experiment = make_experiment(inputs=given, dataset=Dataset(name="mnist1d"), **fields)
        experiment = experiment.model_copy(
            update={"training": experiment.training.model_copy(update={"batch_size": 16})}
        )
        return experiment, prepare(experiment, seed=0, folder=tmp_path, items=Signals())

    yield make
    forget()


def batches(experiment, data, seed=0, epoch=0, start=0):
    module = DataModule(data, experiment, seed)
    return [module.on_after_batch_transfer(b, 0) for b in module.batches_on(torch.device("cpu")).epoch(epoch, start)]


def test_a_crop_in_training_is_the_middle_in_evaluation(data):
    from repro.data.eval_batches import evaluation_batches

    rotated = View(name="loud", of="test", augment=(entry("Gain", db=(20.0, 20.0)),))
    experiment, made = data(
        entry("RandomCrop", seconds=0.5), live=(entry("Standardize", per="all"),), views={"loud": rotated}
    )
    assert made.shapes["input"] == Shape.of("C T", 1, 50)
    plain = next(iter(evaluation_batches(made, "test")))["inputs"]["input"]
    assert plain.shape == (12, 1, 50)
    loud = next(iter(evaluation_batches(made, "loud")))["inputs"]["input"]
    train = made.parts["train"].inputs["input"][:, :, 20:70]
    mean, std = train.double().mean(), train.double().std(correction=0)
    middle = made.parts["test"].inputs["input"][:, :, 20:70]
    assert torch.allclose(plain, ((middle - mean) / std).float(), atol=1e-4)
    assert torch.allclose(loud, ((middle * 10 - mean) / std).float(), atol=1e-3)
    trained = batches(experiment, made)[0]["inputs"]["input"]
    assert trained.shape == (16, 1, 50)
    assert len(set((trained[:, 0, 1] - trained[:, 0, 0]).tolist())) < 17


def test_mixup_mixes_inputs_and_targets_of_the_same_items_in_the_same_shares(data):
    experiment, made = data(entry("Mixup", alpha=0.4))
    for batch in batches(experiment, made):
        targets, inputs = batch["targets"]["digit"], batch["inputs"]["input"][:, 0, 0]
        assert targets.shape == (16, 10)
        assert torch.allclose(targets.sum(1), torch.ones(16))
        original = batch["items"].float()
        mixed = (inputs - original).abs() > 1e-4
        for row in mixed.nonzero()[:, 0].tolist():
            classes = targets[row].nonzero()[:, 0].tolist()
            own = int(batch["items"][row]) % 10
            share = float(targets[row, own])
            if len(classes) < 2 or share > 0.9:
                continue
            other = (float(inputs[row]) - share * float(original[row])) / (1 - share)
            assert round(other) % 10 == next(c for c in classes if c != own)
            assert other == pytest.approx(round(other), abs=0.05)
    from repro.data.eval_batches import evaluation_batches

    assert next(iter(evaluation_batches(made, "test")))["targets"]["digit"].dtype == torch.int64


def test_shares_are_of_the_beta_distribution():
    share, others = Mixup(0.4).draw(3, 20000)
    assert float(share.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(share.var()) == pytest.approx(0.25 / (2 * 0.4 + 1), rel=0.03)
    assert sorted(others.tolist()) == list(range(20000))


@pytest.mark.parametrize(
    "augment",
    [
        (entry("Mixup", alpha=0.4),),
        (entry("Gain", db=(-6.0, 6.0)), entry("TimeShift", samples=9), entry("Mixup", alpha=1.0)),
    ],
)
def test_an_epoch_begun_in_the_middle_brings_the_same_batches(data, augment):
    experiment, made = data(*augment)
    whole, later = batches(experiment, made, epoch=1), batches(experiment, made, epoch=1, start=2)
    for a, b in zip(whole[2:], later, strict=True):
        assert torch.equal(a["inputs"]["input"], b["inputs"]["input"])
        assert torch.equal(a["targets"]["digit"], b["targets"]["digit"])
    other = batches(experiment, made, seed=1, epoch=1, start=2)
    assert not torch.equal(other[0]["inputs"]["input"], later[0]["inputs"]["input"])


@pytest.mark.parametrize(
    ("augment", "said"),
    [
        ((entry("Mixup", alpha=0.4), entry("Gain", db=3.0)), "put it last, and once"),
        ((entry("Mixup", alpha=0.0),), "alpha is 0.0; expected more than 0"),
        ((entry("Windows", seconds=0.1),), "augment must keep the shape"),
        ((entry("Windows", seconds=0.9),), "cuts an item into segments; it stands under features"),
        ((entry("TimeShift", samples=90),), "would move C 1 x T 90 out of sight"),
        ((entry("TimeShift"),), "TimeShift needs seconds or samples"),
        ((entry("RandomCrop", seconds=1.0),), "100 samples don't fit into C 1 x T 90"),
        ((entry("TimeMasking", time_mask_param=3),), "TimeMasking needs a spectrogram"),
    ],
)
def test_what_cannot_be_is_said_at_its_line(augment, said):
    with pytest.raises(SpecError, match=said) as caught:
        build_chains(Input(name="input", augment=augment), SIGNAL, rate=100.0, folder=Path())
    assert str(caught.value).startswith("paper.yaml:7:5: ")


def test_a_view_cannot_mix(data):
    with pytest.raises(SpecError, match="a view has nothing to mix"):
        data(views={"mixed": View(name="mixed", of="test", augment=(entry("Mixup", alpha=0.4),))})


DIGIT = Target("digit", "class", tuple("abc"))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss"])
def test_losses_on_mixtures_are_those_of_their_parts(name):
    loss = LabelLoss(entry(name), DIGIT, Path())
    output = torch.randn(4, 3, generator=generator())
    one, other = torch.tensor([0, 1, 2, 1]), torch.tensor([2, 1, 0, 0])
    hard = torch.nn.functional.one_hot(one, 3).float()
    assert torch.allclose(loss(output, hard), loss(output, one))
    if name != "MSELoss":  # linear in the target
        soft = 0.3 * hard + 0.7 * torch.nn.functional.one_hot(other, 3).float()
        assert torch.allclose(loss(output, soft), 0.3 * loss(output, one) + 0.7 * loss(output, other))
    check_mixable(entry(name), DIGIT, entry("Mixup"))


@pytest.mark.parametrize("name", ["NLLLoss", "MultiMarginLoss", "model.py:Mine"])
def test_losses_on_indices_cannot_take_mixtures(name):
    with pytest.raises(SpecError, match="Mixup makes probabilities of classes; take CrossEntropyLoss") as caught:
        check_mixable(Entry(name=name), DIGIT, entry("Mixup", alpha=1.0))
    assert str(caught.value).startswith("paper.yaml:7:5: augment.Mixup")


def test_metrics_of_mixtures_count_the_larger_class():
    metric = LabelMetric(Entry(name="Accuracy"), DIGIT, Path(), loss="CrossEntropyLoss")
    metric.update(torch.eye(3), torch.tensor([[0.6, 0.4, 0.0], [0.6, 0.4, 0.0], [0.0, 0.1, 0.9]]))
    assert metric.read() == pytest.approx(200 / 3)


def test_a_chain_that_is_empty_is_an_empty_augmentation():
    chains = build_chains(Input(name="input"), SIGNAL, rate=None, folder=Path())
    assert isinstance(chains.augment, Chain)
    assert chains.augment.features == chains.settled.features == ()
