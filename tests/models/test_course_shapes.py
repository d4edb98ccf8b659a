"""The course's notation against what torch gives: spectrograms and waveforms, every kernel and window turned."""

import re

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repro.data.prepared import Target
from repro.models.layer_rows import rows
from repro.models.network import build
from repro.spec.shape import Shape

SPECTROGRAM, WAVEFORM = "C F T", "C T"
SIZES = st.tuples(st.integers(9, 20), st.integers(21, 40))
PAIRS = st.tuples(st.integers(1, 3), st.integers(4, 6))


@pytest.fixture
def shown(experiment, tmp_path):
    """The rows of some layers, and the network."""

    def make(layers, shape):
        made = experiment(layers, loss="model.py:Any")
        targets = {"digit": Target(name="digit", kind="class", classes=made.labels["digit"].classes)}
        how = {"folder": tmp_path}
        return rows(made, {"input": shape}, targets, **how), build(made, {"input": shape}, targets, seed=0, **how)

    return make


def turned(tensor):
    """A batch (N, C, F, T) as the course has it, (N, T, F, C); (N, C, T) as (N, T, C)."""
    return tensor.permute(0, *range(tensor.ndim - 1, 0, -1))


def check(shown, layers, shape):
    """Every layer's row in the course's notation is the shape that torch gives, turned; and so is every kernel."""
    table, network = shown(layers, shape)
    value = torch.zeros(2, *shape.sizes)
    assert table[0].layer == "input"
    assert table[0].course == "N x " + " x ".join(map(str, turned(value).shape[1:]))
    for row, step in zip(table[1:], network.steps, strict=True):
        value = step.module(value)
        assert row.torch == f"(N, {', '.join(map(str, value.shape[1:]))})"
        assert row.course == "N x " + " x ".join(map(str, turned(value).shape[1:]))
        if hasattr(step.module, "weight"):
            weight = step.module.weight  # (out, in, F, T), T x F x in for each filter; torch turns out and in here:
            weight = weight.transpose(0, 1) if step.layer.name.startswith("ConvTranspose") else weight
            kernel = turned(weight).shape[1:]
            assert f"filters of {' x '.join(map(str, kernel))}" in row.view
    return table


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([1, 2]), SIZES, PAIRS, PAIRS, st.data())
def test_spectrograms(shown, layer, channels, sizes, kernel, stride, data):
    turn = data.draw(st.booleans())
    kernel = kernel[::-1] if turn else kernel
    padding = tuple(min(p, k - 1) for p, k in zip((0, 1) if turn else (1, 0), kernel, strict=True))
    layers = [
        layer("Conv2d", out_channels=5, kernel_size=kernel, padding=padding),
        layer("MaxPool2d", kernel_size=(2, 3), stride=(1, 2)),
        layer("AvgPool2d", kernel_size=(1, 2), stride=stride),
        layer("AdaptiveAvgPool2d", output_size=(3, 2)),
        layer("ConvTranspose2d", out_channels=4, kernel_size=(2, 5)),
    ]
    table = check(shown, layers, Shape.of(SPECTROGRAM, channels, *sizes))
    assert table[1].course_letters == "N x T x F x C"
    assert table[2].view == "maximum over a window of 3 x 2, stride 2 x 1"
    assert re.match(rf"mean over a window of 2 x 1(, stride {stride[1]} x {stride[0]})?$", table[3].view)
    assert table[4].view == "output_size 2 x 3"


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(60, 90), st.integers(2, 9), st.integers(1, 4))
def test_waveforms(shown, layer, samples, kernel, stride):
    layers = [
        layer("Conv1d", out_channels=3, kernel_size=kernel, stride=stride),
        layer("MaxPool1d", kernel_size=3, stride=2, ceil_mode=True),
        layer("Conv1d", out_channels=6, kernel_size=2, dilation=3),
    ]
    table = check(shown, layers, Shape.of(WAVEFORM, 1, samples))
    assert table[1].course_letters == "N x T x C"
    assert table[2].view == "maximum over 3 steps, stride 2"


def test_what_the_course_calls_its_inputs(shown, layer):
    said = {
        (SPECTROGRAM, 1, 60, 41): ("N x 41 x 60 x 1", "C: the spectrogram (N x T x F)"),
        (SPECTROGRAM, 2, 60, 41): ("N x 41 x 60 x 2", "C: 2 channels of the spectrogram"),
        (WAVEFORM, 1, 80): ("N x 80 x 1", "C: the signal (N x T)"),
    }
    for (axes, *sizes), (course, meaning) in said.items():
        table, _ = shown([layer("Flatten")], Shape.of(axes, *sizes))
        assert (table[0].course, table[0].meaning) == (course, meaning)


def test_time_first_inside_a_model(shown, layer):
    """After a Rearrange the axes stand in another order in PyTorch, and in the same one in the course."""
    layers = [
        layer("Rearrange", pattern="n c f t -> n c t f"),
        layer("Conv2d", out_channels=4, kernel_size=(7, 2)),
        layer("MaxPool2d", kernel_size=(5, 3)),
    ]
    table, network = shown(layers, Shape.of(SPECTROGRAM, 2, 12, 31))
    assert [row.torch for row in table] == ["(N, 2, 12, 31)", "(N, 2, 31, 12)", "(N, 4, 25, 11)", "(N, 4, 5, 3)"]
    assert [row.course for row in table] == ["N x 31 x 12 x 2", "N x 31 x 12 x 2", "N x 25 x 11 x 4", "N x 5 x 3 x 4"]
    assert table[2].view == "4 filters of 7 x 2 x 2, 4 biases"
    assert table[3].view == "maximum over a window of 5 x 3"
    assert tuple(network({"input": torch.zeros(2, 2, 12, 31)})["digit"].shape) == (2, 4, 5, 3)
