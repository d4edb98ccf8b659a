# ruff: noqa: E501 - some lines are one formula
"""The own code of papers/lenet5 against the paper's counts and against the same arithmetic written out."""

from math import exp, log
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from repro.data.own_code import load_own
from repro.models.model_size import multiply_adds, parameters
from repro.spec.experiment import WeightRule
from repro.spec.part import Entry
from repro.spec.shape import Shape

FOLDER = Path(__file__).parents[2] / "papers" / "lenet5"
TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5), (0, 1, 3, 4), (1, 2, 4, 5)),
    *((0, 2, 3, 5), (0, 1, 2, 3, 4, 5)),
)


def own(name):
    return load_own(FOLDER, "model.py", name)


@pytest.fixture
def lenet5(net, layer):
    layers = [
        layer("Conv2d", out_channels=6, kernel_size=5, label="c1"),
        layer("model.py:Subsample", size=2, label="s2"),
        layer("model.py:ScaledTanh"),
        layer("model.py:SparseConv2d", kernel_size=5, table=TABLE, label="c3"),
        layer("model.py:Subsample", size=2, label="s4"),
        layer("model.py:ScaledTanh"),
        layer("Conv2d", out_channels=120, kernel_size=5, label="c5"),
        layer("model.py:ScaledTanh"),
        layer("Flatten"),
        layer("Linear", out_features=84, label="f6"),
        layer("model.py:ScaledTanh"),
        layer("model.py:DigitBitmaps"),
    ]
    start = Entry(name="uniform_fan_in_", args={"scale": 2.4})
    return net(layers, Shape.of("C H W", 1, 32, 32), folder=FOLDER, weights=[WeightRule(selector="all", weight=start, bias=start)])  # fmt: skip


def test_the_papers_parameters_and_connections(lenet5):
    by_layer = {s.layer.label: sum(p.numel() for p in s.module.parameters()) for s in lenet5.steps if s.layer.label}
    assert by_layer == {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48_120, "f6": 10_164}
    assert parameters(lenet5) == 60_000
    biases = {"c1": 4704, "s2": 0, "c3": 1600, "s4": 0, "c5": 120, "f6": 84}
    windows = 4 * (6 * 14 * 14 + 16 * 5 * 5)  # the paper counts each of a window's four inputs and the bias
    assert multiply_adds(lenet5) + sum(biases.values()) + windows == 340_908


def test_every_trainable_number_starts_inside_the_papers_bounds(lenet5):
    fan_in = {"c1": 25, "s2": 4, "s4": 4, "c5": 400, "f6": 120}
    for step in lenet5.steps:
        if step.layer.label in fan_in:
            for parameter in step.module.parameters():
                assert parameter.abs().max() <= 2.4 / fan_in[step.layer.label]
                assert parameter.abs().max() > 0.5 * 2.4 / fan_in[step.layer.label]
    c3 = next(step.module for step in lenet5.steps if step.layer.label == "c3")
    seen = torch.tensor([len(row) for row in TABLE])
    bounds = 2.4 / (seen * 25)
    dense = c3.dense_weight().flatten(1).abs().amax(1)
    assert (dense <= bounds).all()
    assert (dense > 0.9 * bounds).all()
    assert (c3.bias.abs() <= bounds).all()


def test_sparse_convolution_sees_only_the_maps_of_its_table():
    conv = own("SparseConv2d")(kernel_size=3, table=TABLE, in_shape=(6, 7, 9))
    x = torch.randn(2, 6, 7, 9, generator=torch.Generator().manual_seed(0), requires_grad=True)
    first, expected = 0, []
    for row, bias in zip(TABLE, conv.bias, strict=True):  # one small convolution for each output map
        weight = conv.weight[first : first + len(row)][None]
        expected.append(F.conv2d(x[:, list(row)], weight, bias[None]))
        first += len(row)
    assert first == len(conv.weight) == 60
    torch.testing.assert_close(conv(x), torch.cat(expected, 1))
    conv(x)[:, 0].sum().backward()
    assert x.grad[:, 3:].abs().max() == 0
    assert (x.grad[:, :3].abs().amax((0, 2, 3)) > 0).all()
    assert (conv.weight.grad.abs().amax((1, 2)) > 0).tolist() == [True] * 3 + [False] * 57


def test_sparse_convolution_by_finite_differences():
    conv = own("SparseConv2d")(kernel_size=2, table=((0, 1), (1,)), in_shape=(2, 3, 4)).double()
    x = torch.randn(1, 2, 3, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w, b: torch.func.functional_call(conv, {"weight": w, "bias": b}, x), (x, conv.weight, conv.bias))  # fmt: skip


@pytest.mark.parametrize("table", [((0, 6),), ((0, 0),), ((),), ((-1,),)])
def test_a_table_that_names_no_map_is_refused(table):
    with pytest.raises(ValueError, match="every row of table"):
        own("SparseConv2d")(kernel_size=2, table=table, in_shape=(6, 3, 4))


def test_max_norm_of_a_sparse_convolution():
    conv = own("SparseConv2d")(kernel_size=3, table=TABLE, in_shape=(6, 7, 9))
    with torch.no_grad():
        conv.weight.fill_(1.0)
        conv.max_norm_(2.0)
    assert conv.dense_weight().flatten(1).norm(dim=1).tolist() == pytest.approx([2.0] * 16)


@pytest.mark.parametrize(("size", "height", "width"), [(2, 28, 26), (2, 7, 9), (3, 11, 10)])
def test_subsampling_is_a_scaled_sum(size, height, width):
    layer = own("Subsample")(size=size, in_shape=(4, height, width))
    x = torch.randn(3, 4, height, width, generator=torch.Generator().manual_seed(0))
    expected = F.avg_pool2d(x, size) * size**2 * layer.weight + layer.bias
    torch.testing.assert_close(layer(x), expected)
    assert sum(p.numel() for p in layer.parameters()) == 8


def test_the_scaled_tanh_maps_one_to_one():
    squash = own("ScaledTanh")()
    assert squash(torch.tensor([-1.0, 0.0, 1.0])).tolist() == pytest.approx([-1, 0, 1], abs=1e-4)
    assert squash(torch.tensor([50.0])).item() == pytest.approx(1.7159)


def test_scores_are_negative_squared_distances_to_the_bitmaps():
    layer = own("DigitBitmaps")(in_shape=(84,), classes=10)
    assert sum(p.numel() for p in layer.parameters()) == 0
    assert set(layer.bitmaps.unique().tolist()) == {-1.0, 1.0}
    x = torch.randn(5, 84, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        layer(x), -(torch.cdist(x, layer.bitmaps, compute_mode="donot_use_mm_for_euclid_dist") ** 2)
    )
    assert layer(layer.bitmaps).argmax(1).tolist() == list(range(10))
    apart = torch.cdist(layer.bitmaps, layer.bitmaps) ** 2 / 4 + 84 * torch.eye(10)
    assert apart.min() >= 6  # any two digits differ in six pixels or more
    with pytest.raises(ValueError, match="ten digits of 84 pixels"):
        own("DigitBitmaps")(in_shape=(84,), classes=9)


def test_the_two_losses_by_hand():
    scores = torch.tensor([[-3.0, -1.0, -6.0], [-2.0, -5.0, -4.0]])
    target = torch.tensor([1, 2])
    assert own("BitmapMSE")()(scores, target).item() == pytest.approx((1 + 4) / 2)
    first = 1 + log(exp(-2.5) + exp(-3) + exp(-1) + exp(-6))
    second = 4 + log(exp(-2.5) + exp(-2) + exp(-5) + exp(-4))
    assert own("BitmapMAP")(j=2.5)(scores, target).item() == pytest.approx((first + second) / 2)


def test_losses_fall_towards_the_right_bitmap():
    layer = own("DigitBitmaps")(in_shape=(84,), classes=10)
    for loss in (own("BitmapMSE")(), own("BitmapMAP")(), torch.nn.CrossEntropyLoss()):
        x = torch.zeros(10, 84, requires_grad=True)
        target = torch.arange(10)
        loss(layer(x), target).backward()
        stepped = layer((x - x.grad).detach())
        assert stepped.argmax(1).tolist() == target.tolist()
        assert loss(stepped, target) < loss(layer(x), target)
