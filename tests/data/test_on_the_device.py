"""What runs on the device runs wholly there. No GPU is needed: fake tensors know their device and refuse to mix."""

from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from repro.data.datamodule import DataModule
from repro.data.epoch_order import epoch_order
from repro.data.eval_batches import evaluation_batches
from repro.data.features.chain import build_chain
from repro.data.on_the_fly import BatchTransform
from repro.data.prepare import prepare
from repro.data.prepared import Data, Part
from repro.data.splits import Split
from repro.data.train_batches import TrainBatches
from repro.spec.experiment import Dataset, Input, Splits, Training
from repro.spec.part import Entry
from repro.spec.shape import Shape

HERE = Path()
PICTURE, SIGNAL = Shape.of("C H W", 1, 8, 10), Shape.of("C T", 2, 40)
CASES = {
    "shuffle": (PICTURE, [Entry(name="ShufflePositions", args={"seed": 1})]),
    "shuffle-signal": (SIGNAL, [Entry(name="ShufflePositions", args={"seed": 1})]),
    "rescale-pad": (
        PICTURE,
        [Entry(name="Rescale", args={"low": -1, "high": 1}), Entry(name="Pad", args={"pixels": 2})],
    ),
    "deslant-resize": (PICTURE, [Entry(name="Deslant"), Entry(name="Resize", args={"height": 5, "width": 4})]),
    "standardize-item": (SIGNAL, [Entry(name="Standardize", args={"per": "item"})]),
}
RANDOM = {
    "affine": (
        PICTURE,
        [Entry(name="RandomAffine", args={"p": 0.5, "degrees": 9.0, "translate_pixels": 2.0, "shear_degrees": 4.0})],
    ),
    "noise": (SIGNAL, [Entry(name="Noise", args={"snr_db": (0.0, 20.0)})]),
}


class Generator:
    """Stands for a generator on a GPU where there is none; torch refuses one of the wrong device."""


@pytest.mark.parametrize("name", CASES)
def test_features_stay_on_the_device(name):
    shape, entries = CASES[name]
    with FakeTensorMode():
        chain = build_chain(entries, shape, rate=None, folder=HERE)
        made = chain(torch.empty((3, *shape.sizes), device="cuda"))
    assert made.device.type == "cuda"
    assert tuple(made.shape) == (3, *chain.out_shape.sizes)


def test_a_fitted_feature_moves_its_statistics():
    with FakeTensorMode():
        chain = build_chain([Entry(name="Standardize", args={"per": "channel"})], SIGNAL, rate=None, folder=HERE)
        chain.features[0].fit([torch.empty(5, 2, 40)])
        assert chain(torch.empty((3, 2, 40), device="cuda")).device.type == "cuda"


@pytest.mark.parametrize("name", RANDOM)
def test_random_features_draw_on_the_device(name, monkeypatch):
    # a generator of a GPU cannot be made here, so torch's own draws stand in, on the device that was asked for
    shape, entries = RANDOM[name]
    asked = []
    for draw in ("rand", "randn"):
        real = getattr(torch, draw)

        def drawn(size, *, generator, device, real=real):
            asked.append((generator, torch.device(device).type))
            return real(size, device=device)

        monkeypatch.setattr(torch, draw, drawn)
    with FakeTensorMode(), torch.backends.cudnn.flags(enabled=False):  # cuDNN's grid_sample has no fake form
        chain = build_chain(entries, shape, rate=None, folder=HERE)
        mark = Generator()
        made = chain(torch.empty((3, *shape.sizes), device="cuda"), mark)
    assert made.device.type == "cuda"
    assert asked
    assert set(asked) == {(mark, "cuda")}


def test_live_makes_its_generator_where_the_batch_is(monkeypatch):
    made = []

    def generator(device):
        made.append(torch.device(device).type)
        raise InterruptedError

    shape, entries = RANDOM["noise"]
    monkeypatch.setattr(torch, "Generator", generator)
    with FakeTensorMode():
        chain = build_chain(entries, shape, rate=None, folder=HERE)
        with pytest.raises(InterruptedError):
            BatchTransform({"x": chain}, {})({"x": torch.empty((3, *shape.sizes), device="cuda")}, seed=1)
    assert made == ["cuda"]


def test_batches_are_cut_on_the_device():
    with FakeTensorMode(allow_non_fake_inputs=True):
        on_gpu = {"device": "cuda"}
        part = Part(
            {"x": torch.empty((250, 1, 8), **on_gpu)}, {"y": torch.empty(250, **on_gpu)}, torch.arange(250, **on_gpu)
        )
        batches = list(TrainBatches(part, batch_size=100, seed=0, order="shuffled", position=lambda: (1, 0)))
        data = Data({"test": part}, {}, {}, "", "", {}, BatchTransform(), Split({}, 250, {}))
        evaluated = list(evaluation_batches(data, "test", "cuda"))
    assert [tuple(b["inputs"]["x"].shape) for b in batches] == [(100, 1, 8), (100, 1, 8), (50, 1, 8)]
    assert [b["step"] for b in batches] == [3, 4, 5]
    for batch in (*batches, *evaluated):
        assert {t.device.type for t in (batch["inputs"]["x"], batch["targets"]["y"], batch["items"])} == {"cuda"}


def test_the_order_is_drawn_on_the_cpu_so_every_device_has_the_same():
    assert epoch_order(1000, seed=0, epoch=0, order="shuffled").device.type == "cpu"
    assert (
        epoch_order(6, seed=3, epoch=1, order="shuffled").tolist()
        == epoch_order(6, seed=3, epoch=1, order="shuffled").tolist()
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU: the same on a real one")
def test_a_whole_epoch_on_a_gpu(make_experiment):
    augment = (Entry(name="RandomAffine", args={"degrees": 20.0, "translate_pixels": 1.0}),)
    experiment = make_experiment(
        dataset=Dataset(name="digits"),
        splits=Splits(train=0.5, test=0.5),
        inputs={"input": Input(name="input", augment=augment, live=(Entry(name="Deslant"),))},
        training=Training(batch_size=64, epochs=1),
    )
    data = prepare(experiment, seed=0, folder=HERE)
    module = DataModule(data, experiment, 0)
    for batch in module.train_dataloader():
        moved = batch | {key: {n: t.cuda() for n, t in batch[key].items()} for key in ("inputs", "targets")}
        one, two = (module.on_after_batch_transfer(dict(moved), 0)["inputs"]["input"] for _ in range(2))
        assert one.device.type == "cuda"
        assert torch.equal(one, two)
        assert not torch.equal(one, moved["inputs"]["input"])
