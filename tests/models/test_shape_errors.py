# ruff: noqa: E501 - one case a line
"""A shape that cannot work is named at the layer's line: what came in, in both notations, and what it needs."""

import pytest

from repro.models.shape_error import ShapeError
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

SIGNAL, SPECTROGRAM, SEQUENCE = Shape.of("C T", 2, 40), Shape.of("C F T", 2, 20, 31), Shape.of("T F", 9, 12)
IN_SIGNAL = "what comes in is N x T x C = N x 40 x 2, in PyTorch (N, C, T) = (N, 2, 40)"

CASES = [
    (SIGNAL, "Linear", {"out_features": 3}, "Linear needs one axis, N x F; put Flatten, LastStep or Reduce before it; " + IN_SIGNAL),
    (SIGNAL, "GRU", {"hidden_size": 3}, "GRU needs a sequence, (N, T, F); put Rearrange: {pattern: n c t -> n t c} before it; " + IN_SIGNAL),
    (SPECTROGRAM, "LSTM", {"hidden_size": 3}, "LSTM needs a sequence, (N, T, F); put Rearrange: {pattern: n c f t -> n t (c f)} before it"),
    (SEQUENCE, "Conv1d", {"out_channels": 3, "kernel_size": 3}, r"Conv1d needs channels and one axis, (N, C, T)"),
    (Shape.of("T C", 40, 2), "Conv1d", {"out_channels": 3, "kernel_size": 3}, "put Rearrange: {pattern: n t c -> n c t} before it"),
    (SIGNAL, "Conv2d", {"out_channels": 3, "kernel_size": 3}, "Conv2d needs channels and two axes, (N, C, F, T) or (N, C, H, W); " + IN_SIGNAL),
    (SIGNAL, "Conv1d", {"out_channels": 3, "kernel_size": 43, "padding": 1}, ".kernel_size: Conv1d needs at least 43 on axis T, where it gets 40 and 1 of padding on either side"),
    (SIGNAL, "Conv1d", {"out_channels": 4, "kernel_size": 3, "groups": 4}, ".groups: Conv1d needs a number of channels that its 4 groups divide"),
    (SPECTROGRAM, "MaxPool2d", {"kernel_size": (4, 32), "padding": (0, 8)}, ".kernel_size: MaxPool2d needs at least 32 on axis T, as wide as its window, where it gets 31"),
    (SPECTROGRAM, "AvgPool2d", {"kernel_size": (21, 3)}, "on axis F, as wide as its window, where it gets 20"),
    (SPECTROGRAM, "BatchNorm1d", {}, "BatchNorm1d needs one axis, (N, F), or (N, C, T)"),
    (SEQUENCE, "BatchNorm1d", {}, "BatchNorm1d needs one axis, (N, F), or (N, C, T)"),
    (SIGNAL, "BatchNorm2d", {}, "BatchNorm2d needs (N, C, F, T) or (N, C, H, W)"),
    (SIGNAL, "LastStep", {}, "LastStep needs a sequence, (N, T, F)"),
    (SIGNAL, "Rearrange", {"pattern": "n t c -> n c t"}, ".pattern: Rearrange needs 'n c t' on the left of its pattern, and not 'n t c'"),
    (SIGNAL, "GroupNorm", {"num_groups": 3}, "GroupNorm needs channels first, and as many as 3 groups divide"),
    (SIGNAL, "GLU", {"dim": 5}, "GLU needs something else (torch: Dimension out of range"),
    (SIGNAL, "PixelShuffle", {"upscale_factor": 2}, "PixelShuffle needs something else (torch: "),
    (SEQUENCE, "MultiheadAttention", {"embed_dim": 8, "num_heads": 2}, ".embed_dim: MultiheadAttention needs 8 at each step, its embed_dim"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "name", "args", "text"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_a_layer_that_cannot_take_what_comes_in(net, layer, shape, name, args, text):
    with pytest.raises(ShapeError) as caught:
        net([layer("ReLU", line=6), layer(name, line=14, **args)], shape)
    (problem,) = caught.value.problems
    assert str(problem).startswith("paper.yaml:14:")
    assert f"architecture.net.{name}" in str(problem)
    assert text in str(problem)


WRONG = [
    ("Conv1d", {"out_channels": 3, "kernel_size": (3, 2)}, "kernel_size has 2 numbers, but Conv1d slides over 1 axes"),
    ("Conv1d", {"out_channels": 3, "kernel_size": 3, "groups": 2}, "2 groups do not divide 3 out_channels"),
    ("Conv1d", {"out_channels": 3, "kernel_size": 0}, "kernel_size is 0; it must be 1 or more"),
    ("MaxPool1d", {"kernel_size": 3, "padding": 2}, "padding 2 is more than half of the window, 3"),
    ("MaxPool1d", {"kernel_size": 3, "return_indices": True}, "return_indices gives two tensors"),
    ("Dropout", {"p": 1.5}, "Dropout refuses its arguments: dropout probability"),
    ("Rearrange", {"pattern": "n c t -> n t"}, "c is lost on the right; Reduce takes axes away"),
    ("Rearrange", {"pattern": "n c t"}, "a pattern has one arrow"),
    ("Reduce", {"pattern": "n c t -> n t c"}, "no axis is taken away"),
    ("Reduce", {"pattern": "n c t -> n c", "by": "avg"}, "by is 'avg'; it may be max, mean, sum, min"),
    ("Conf1d", {}, "unknown layer 'Conf1d'; did you mean 'Conv1d'?"),
    ("ConvTranspose1d", {"out_channels": 3, "kernel_size": 3, "padding": "same"}, "takes numbers as padding"),
    ("Concat", {}, "Concat joins several inputs"),
]


@pytest.mark.parametrize(("name", "args", "text"), WRONG, ids=lambda v: v if isinstance(v, str) else "")
def test_a_layer_that_is_wrong_whatever_comes_in(net, layer, name, args, text):
    with pytest.raises(SpecError) as caught:
        net([layer(name, line=9, **args)], SIGNAL)
    assert text in str(caught.value)
    assert str(caught.value).startswith("paper.yaml:9:")


def test_the_two_paths_of_a_residual_must_leave_the_same(net, layer):
    inner = layer("Linear", out_features=5, line=4)
    with pytest.raises(ShapeError) as caught:
        net([layer("Flatten", line=2), layer("Residual", inner, line=3)], SIGNAL)
    assert str(caught.value).startswith("paper.yaml:3:5: architecture.net.Residual: Residual adds two paths")
    assert "N x F = N x 5" in str(caught.value)
    assert "what comes in is N x F = N x 80" in str(caught.value)


def test_a_mistake_inside_repeat_stands_at_the_inner_line(net, layer):
    shrinking = layer("MaxPool1d", kernel_size=4, line=21)
    with pytest.raises(ShapeError, match=r"paper\.yaml:21:20: .*MaxPool1d needs at least 4 on axis T"):
        net([layer("Repeat", shrinking, times=3, line=20)], SIGNAL)


def test_classes_of_a_label_without_classes(net, layer):
    with pytest.raises(SpecError, match="label 'digit' has no classes; write the number of outputs"):
        net([layer("Flatten"), layer("Linear", out_features="classes")], SIGNAL, kind="number")
