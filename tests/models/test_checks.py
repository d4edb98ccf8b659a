"""Output against loss, each problem at the layer's line."""

import pytest

from repro.spec.problem import SpecError
from repro.spec.shape import Shape

TABLE = Shape.of("F", 6)


def _end(layer, *names, width="classes"):
    made = {"Linear": {"out_features": width}, "Softmax": {}, "Sigmoid": {}, "LogSoftmax": {}, "Dropout": {"p": 0.1}}
    return [layer(name, line=10 + i, **made.get(name, {})) for i, name in enumerate(names)]


def _problem(net, layers, shape=TABLE, **facts):
    with pytest.raises(SpecError) as caught:
        net(layers, shape, **facts)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("loss", "ends"),
    [
        ("CrossEntropyLoss", ["Linear"]),
        ("CrossEntropyLoss", ["Linear", "LogSoftmax"]),
        ("NLLLoss", ["Linear", "LogSoftmax"]),
        ("BCEWithLogitsLoss", ["Linear", "Dropout"]),
        ("BCELoss", ["Linear", "Sigmoid"]),
        ("MSELoss", ["Linear", "Softmax"]),
    ],
)
def test_what_fits_is_built(net, layer, loss, ends):
    assert net(_end(layer, *ends), TABLE, loss=loss).output_shapes == {"digit": Shape.of("F", 10)}


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss", "MSELoss", "BCEWithLogitsLoss"])
def test_as_many_outputs_as_classes(net, layer, loss):
    layers = [*_end(layer, "Linear", width=9), *([layer("LogSoftmax", line=11)] if loss == "NLLLoss" else [])]
    text = _problem(net, layers, loss=loss)
    assert f"{loss} on 'digit' needs 10 outputs, one for each class, (N, 10)" in text
    assert text.startswith(f"paper.yaml:{layers[-1].place.line}:5: architecture.net.{layers[-1].name}: ")


def test_axes_left_before_the_loss(net, layer):
    text = _problem(
        net, [layer("Conv1d", out_channels="classes", kernel_size=6)], Shape.of("C T", 2, 9), loss="CrossEntropyLoss"
    )
    assert "what leaves the model is N x T x C = N x 4 x 10, in PyTorch (N, C, T) = (N, 10, 4)" in text


@pytest.mark.parametrize(
    ("loss", "ends", "line"),
    [
        ("CrossEntropyLoss", ["Linear", "Softmax"], 11),
        ("CrossEntropyLoss", ["Linear", "Sigmoid", "Dropout", "Identity"], 11),
        ("BCEWithLogitsLoss", ["Linear", "Sigmoid"], 11),
    ],
)
def test_nothing_is_squashed_twice(net, layer, loss, ends, line):
    text = _problem(net, _end(layer, *ends), loss=loss)
    assert text.startswith(f"paper.yaml:{line}:5: architecture.net.{ends[1]}: ")
    assert f"{ends[1]} stands before {loss}, which squashes its input itself; take it out" in text


def test_a_softmax_inside_repeat_is_found(net, layer):
    repeat = layer("Repeat", layer("Linear", out_features=10), layer("Softmax", line=44), times=2)
    assert _problem(net, [repeat], loss="CrossEntropyLoss").startswith("paper.yaml:44:5: ")


@pytest.mark.parametrize(("loss", "wants"), [("BCELoss", "Sigmoid"), ("NLLLoss", "LogSoftmax")])
def test_a_loss_on_squashed_values_wants_them_squashed(net, layer, loss, wants):
    assert f"{loss} needs {wants} before it" in _problem(net, _end(layer, "Linear"), loss=loss)


def test_a_number_wants_one_output(net, layer):
    assert net(_end(layer, "Linear", width=1), TABLE, kind="number", loss="MSELoss").output_shapes["digit"].sizes == (
        1,
    )
    text = _problem(net, _end(layer, "Linear", width=2), kind="number", loss="L1Loss")
    assert "L1Loss on the number 'digit' needs one output, (N, 1); what leaves the model is N x F = N x 2" in text
    text = _problem(net, _end(layer, "Linear", width=1), kind="number", loss="CrossEntropyLoss")
    assert "'digit' is a number; take MSELoss or L1Loss" in text


def test_an_autoencoder_gives_back_the_inputs_shape(net, layer):
    assert net(_end(layer, "Linear", width=6), TABLE, kind="input", loss="MSELoss")
    text = _problem(net, _end(layer, "Linear", width=5), kind="input", loss="MSELoss")
    assert "MSELoss on the input itself needs its shape, N x F = N x 6" in text


def test_own_losses_take_what_they_get(net, layer):
    assert net(_end(layer, "Linear", width=3), TABLE, loss="model.py:Mine")
