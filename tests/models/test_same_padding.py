"""``padding: same`` against TensorFlow's rule, written out here sample by sample."""

from itertools import product

import numpy as np
import pytest
import torch

from repro.models.builders.build_context import BuildContext
from repro.models.builders.stack import build_layer, build_stack
from repro.spec.part import Layer
from repro.spec.shape import Shape


def windows(size: int, kernel: int, stride: int, dilation: int = 1) -> list[list[int]]:
    """Positions each window sees; those outside 0..size-1 are padding (TensorFlow's documentation of SAME)."""
    out = (size + stride - 1) // stride
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    start = -(total // 2)
    return [[start + i * stride + j * dilation for j in range(kernel)] for i in range(out)]


def _built(name, shape, **args):
    module, out = build_layer(Layer(name=name, args={**args, "padding": "same"}), shape, BuildContext(folder=None))
    return module, out


@pytest.mark.parametrize(("size", "kernel", "stride"), list(product([5, 7, 12], [1, 2, 3, 4, 5], [1, 2, 3, 4])))
def test_pools_see_no_padding(size, kernel, stride):
    x = np.linspace(-9, -1, 2 * size).reshape(1, 2, size)  # all negative: a zero from padding would win a maximum
    inside = [[i for i in window if 0 <= i < size] for window in windows(size, kernel, stride)]
    for name, take in (("MaxPool1d", np.max), ("AvgPool1d", np.mean)):
        module, out = _built(name, Shape.of("C T", 2, size), kernel_size=kernel, stride=stride)
        expected = np.stack([take(x[0][:, window], axis=1) for window in inside], axis=1)
        assert out.sizes == expected.shape
        np.testing.assert_allclose(module(torch.tensor(x))[0].numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation"), [(11, 4, 3, 1), (10, 5, 2, 1), (9, 4, 1, 2), (8, 3, 1, 3), (5, 4, 3, 1)]
)
def test_convolutions_pad_with_zeros_the_odd_one_at_the_end(size, kernel, stride, dilation):
    module, out = _built(
        "Conv1d", Shape.of("C T", 2, size), out_channels=3, kernel_size=kernel, stride=stride, dilation=dilation
    )
    x = torch.randn(1, 2, size, generator=torch.Generator().manual_seed(0))
    weight, bias, signal = (t.detach().numpy() for t in (module.weight, module.bias, x[0]))
    expected = np.stack(
        [
            bias + sum(weight[:, :, j] @ signal[:, i] for j, i in enumerate(window) if 0 <= i < size)
            for window in windows(size, kernel, stride, dilation)
        ],
        axis=1,
    )
    assert out.sizes == expected.shape
    np.testing.assert_allclose(module(x)[0].detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_each_axis_is_padded_by_its_own_rule():
    module, out = _built("Conv2d", Shape.of("C F T", 1, 9, 14), out_channels=1, kernel_size=(4, 3), stride=(3, 2))
    assert str(out) == "C 1 x F 3 x T 7"
    with torch.no_grad():
        module.weight.fill_(1)
        module.bias.zero_()
    seen = module(torch.ones(1, 1, 9, 14))[0, 0]
    counts = [[sum(0 <= i < n for i in w) for w in windows(n, k, s)] for n, k, s in ((9, 4, 3), (14, 3, 2))]
    assert torch.equal(seen, torch.outer(torch.tensor(counts[0]), torch.tensor(counts[1])).float())


def test_deepbeats_lengths():
    """88 -> 44 by a pool of 2, then convolutions of 4 with strides 3, 3, 1 (trunk), 2 (quality head)."""
    _, shape = _built("MaxPool1d", Shape.of("C T", 1, 88), kernel_size=2)
    lengths = [shape.size("T")]
    for stride in (3, 3, 1, 2):
        _, shape = _built("Conv1d", shape, out_channels=4, kernel_size=4, stride=stride)
        lengths.append(shape.size("T"))
    assert lengths == [44, 15, 5, 5, 3]


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_other_padding_modes_are_kept(mode):
    module, out = _built("Conv1d", Shape.of("C T", 1, 6), out_channels=1, kernel_size=4, padding_mode=mode)
    x = torch.arange(6.0).view(1, 1, 6)
    padded = torch.nn.functional.pad(x, (1, 2), mode=mode)
    assert out.sizes == (1, 6)
    assert torch.equal(module(x), torch.nn.functional.conv1d(padded, module.weight, module.bias))


def test_a_same_layer_takes_other_lengths_than_it_was_built_for():
    stack, _ = build_stack(
        [Layer(name="MaxPool1d", args={"kernel_size": 3, "stride": 2, "padding": "same"})],
        Shape.of("C T", 1, 8),
        BuildContext(folder=None),
    )
    assert stack(torch.zeros(2, 1, 11)).shape == (2, 1, 6)
