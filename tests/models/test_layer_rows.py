"""What ``repro shapes`` shows, row by row."""

import pytest
import torch

from repro.data.prepared import Target
from repro.models.layer_rows import UNKNOWN, LayerRow, rows
from repro.models.notation import course_letters, course_sizes
from repro.models.shape_error import ShapeError
from repro.models.shape_text import shape_text
from repro.spec.experiment import Block, Model
from repro.spec.part import Entry
from repro.spec.shape import Shape

SIGNAL, SPECTROGRAM = Shape.of("C T", 1, 40), Shape.of("C F T", 2, 60, 41)


@pytest.fixture
def shown(experiment, tmp_path):
    def make(layers, shape, **more) -> list[LayerRow]:
        made = experiment(layers, loss="model.py:Any")
        targets = {"digit": Target(name="digit", kind="class", classes=made.labels["digit"].classes)}
        return rows(made, {"input": shape}, targets, folder=tmp_path, **more)

    return make


@pytest.mark.parametrize(
    ("shape", "letters", "sizes"),
    [
        (SIGNAL, "N x T x C", "N x 40 x 1"),
        (SPECTROGRAM, "N x T x F x C", "N x 41 x 60 x 2"),
        (Shape.of("C H W", 3, 5, 7), "N x H x W x C", "N x 5 x 7 x 3"),
        (Shape.of("T F", 9, 12), "N x T x F", "N x 9 x 12"),
        (Shape.of("F", 12), "N x F", "N x 12"),
    ],
)
def test_the_courses_notation(shape, letters, sizes):
    assert (course_letters(shape), course_sizes(shape)) == (letters, sizes)


def test_kernels_and_windows_turn_with_the_axes(shown, layer):
    """Piczak's 57 x 6 in PyTorch's (F, T) is 6 x 57 x 2 in the course: over time, over frequency, channels."""
    got = shown(
        [
            layer("Conv2d", out_channels=80, kernel_size=(57, 6), stride=(1, 2), padding=(0, 1)),
            layer("MaxPool2d", kernel_size=(4, 3), stride=(1, 3)),
            layer("Conv2d", out_channels=8, kernel_size=(1, 3), groups=2, bias=False),
        ],
        SPECTROGRAM,
    )
    assert [(r.view, r.course, r.torch) for r in got[1:]] == [
        ("80 filters of 6 x 57 x 2, 80 biases, stride 2 x 1, padding 1 x 0", "N x 19 x 4 x 80", "(N, 80, 4, 19)"),
        ("maximum over a window of 3 x 4, stride 3 x 1", "N x 6 x 1 x 80", "(N, 80, 1, 6)"),
        ("8 filters of 3 x 1 x 40, no biases, 2 groups", "N x 4 x 1 x 8", "(N, 8, 1, 4)"),
    ]
    assert got[0].meaning == "C: 2 channels of the spectrogram"
    assert [r.meaning for r in got[1:]] == ["C: 80 filters", "C: 80 filters", "C: 8 filters"]


def test_a_picture_is_not_turned(shown, layer):
    got = shown([layer("Conv2d", out_channels=6, kernel_size=(5, 3))], Shape.of("C H W", 1, 28, 30))
    assert (got[1].view, got[1].course) == ("6 filters of 5 x 3 x 1, 6 biases", "N x 24 x 28 x 6")


def test_the_rows_of_mnist1d(shown, layer):
    cnn = shown([layer("Conv1d", out_channels=25, kernel_size=5, stride=2, padding=1, label="c1")], SIGNAL)
    assert cnn[0] == LayerRow(
        "", "", "input", 0, "mnist1d", "N x 40 x 1", "N x T x C", "(N, 1, 40)", "(N, C, T)", "C: the signal (N x T)"
    )
    assert cnn[1] == LayerRow(
        number="1",
        name="c1",
        layer="Conv1d",
        depth=0,
        view="25 filters of 5 x 1, 25 biases, stride 2, padding 1",
        course="N x 19 x 25",
        course_letters="N x T x C",
        torch="(N, 25, 19)",
        torch_letters="(N, C, T)",
        meaning="C: 25 filters",
        parameters=150,
        multiply_adds=2375,
    )
    gru = shown(
        [
            layer("Rearrange", pattern="n c t -> n t c"),
            layer("GRU", hidden_size=6, bidirectional=True),
            layer("Flatten"),
        ],
        SIGNAL,
    )
    assert [(r.view, r.meaning) for r in gru[1:]] == [
        ("n c t -> n t c", "C: the signal (N x T)"),
        ("6 forward and 6 backward states, reads 1 feature a step", "F: 6 forward, 6 backward states"),
        ("T x F in one row", "F: T x F, F fastest"),
    ]


def test_inner_layers_are_numbered_and_parameters_counted_once(shown, layer):
    got = shown(
        [
            layer("Flatten"),
            layer(
                "Residual", layer("Linear", out_features=40), layer("ReLU"), shortcut=[layer("Linear", out_features=40)]
            ),
            layer("Repeat", layer("Linear", out_features=40), times=2),
        ],
        SIGNAL,
    )
    assert [(r.number, r.depth, r.layer) for r in got] == [
        ("", 0, "input"),
        ("1", 0, "Flatten"),
        ("2", 0, "Residual"),
        ("2.1", 1, "Linear"),
        ("2.2", 1, "ReLU"),
        ("2.3", 1, "Linear"),
        ("3", 0, "Repeat"),
        ("3.1", 1, "Linear"),
        ("3.2", 1, "Linear"),
    ]
    assert sum(r.parameters or 0 for r in got) == 4 * 1640


def test_own_code_is_not_run_unless_it_may(shown, layer, tmp_path):
    (tmp_path / "model.py").write_text(
        "from pathlib import Path\nfrom torch import nn\nPath(__file__).with_name('ran').touch()\n"
        "class Own(nn.ReLU):\n    course_view = 'cuts off what is below 0'\n"
    )
    layers = [layer("Flatten"), layer("model.py:Own"), layer("Linear", out_features=3)]
    got = shown(layers, SIGNAL)
    assert not (tmp_path / "ran").exists()
    assert [(r.view == UNKNOWN, r.torch, r.parameters) for r in got[1:]] == [
        (False, "(N, 40)", 0),
        (True, None, None),
        (True, None, None),
    ]
    assert "total  known only when its code runs" in " ".join(shape_text(got, 120).split("  "))[-60:].replace(
        "   ", "  "
    )
    got = shown(layers, SIGNAL, own_code=True)
    assert [(r.view, r.torch) for r in got[2:]] == [
        ("cuts off what is below 0", "(N, 40)"),
        ("3 units of 40 weights, 3 biases", "(N, 3)"),
    ]
    assert (tmp_path / "ran").exists()


def test_own_code_inside_a_residual_leaves_the_rest_unknown(shown, layer):
    layers = [layer("Residual", layer("ReLU"), layer("model.py:Own"), layer("ReLU")), layer("Flatten")]
    assert [r.torch for r in shown(layers, SIGNAL)] == ["(N, 1, 40)", None, "(N, 1, 40)", None, None, None]


def test_a_shape_that_cannot_work_is_an_error_here_too(shown, layer):
    with pytest.raises(ShapeError, match="Linear needs one axis"):
        shown([layer("Linear", out_features=3)], SIGNAL)


def test_an_estimator_has_a_row_for_each_step(experiment, tmp_path):
    steps = (Entry(name="StandardScaler"), Entry(name="KNeighborsClassifier", args={"n_neighbors": 3}))
    model = Model(name="knn", blocks=(Block(name="digit", sources=("input",), estimator=steps),))
    made = experiment([]).model_copy(update={"model": model})
    got = rows(made, {"input": SIGNAL}, {}, folder=tmp_path)
    assert [(r.number, r.layer, r.view, r.parameters) for r in got] == [
        ("", "input", "mnist1d", None),
        ("1", "StandardScaler", "scikit-learn's defaults", None),
        ("2", "KNeighborsClassifier", "n_neighbors 3", None),
    ]
    assert rows(made.model_copy(update={"model": None}), {"input": SIGNAL}, {}, folder=tmp_path) == []


def test_no_memory_is_taken_for_weights(shown, layer, monkeypatch):
    taken = []
    monkeypatch.setattr(torch.nn.init, "kaiming_uniform_", lambda tensor, **_: taken.append(tensor.device.type))
    shown([layer("Flatten"), layer("Linear", out_features=100_000), layer("Linear", out_features=100_000)], SIGNAL)
    assert taken == ["meta", "meta"]


@pytest.mark.parametrize("width", [80, 120])
def test_the_text_fits_the_terminal(shown, layer, width):
    conv = layer("Conv2d", out_channels=80, kernel_size=(57, 6), stride=(1, 2), padding=(0, 1), label="first")
    got = shown([conv, layer("ReLU"), layer("Residual", layer("ReLU")), layer("Flatten")], SPECTROGRAM)
    text = shape_text(got, width)
    assert max(map(len, text.splitlines())) <= width
    for unbroken in ("N x 41 x 60 x 2", "(N, 80, 4, 19)", "54,800", "4,158,720"):
        assert unbroken in text
    words = " ".join(text.split())
    assert words.count("C: 80 filters") == 1  # said once, where it begins


def test_the_text_itself(shown, layer):
    got = shown([layer("Conv1d", out_channels=25, kernel_size=5, label="c1"), layer("ReLU")], SIGNAL)
    assert shape_text(got, 120).splitlines() == [
        "   layer      what it does                    gives, in the course   in PyTorch   parameters  multiply-adds",
        "-----------------------------------------------------------------------------------------------------------",
        "   input      mnist1d                         N x 40 x 1             (N, 1, 40)",
        "                                              (N x T x C)            (N, C, T)",
        "                                              C: the signal (N x T)",
        "1  Conv1d c1  25 filters of 5 x 1, 25 biases  N x 36 x 25            (N, 25, 36)         150          4,500",
        "                                              C: 25 filters",
        "2  ReLU                                       N x 36 x 25            (N, 25, 36)           0              0",
        "-----------------------------------------------------------------------------------------------------------",
        "   total                                                                                 150          4,500",
    ]
