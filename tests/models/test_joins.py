"""Several inputs into one model, and own code that gives several outputs."""

import pytest
import torch

from repro.data.prepared import Target
from repro.models.network import build
from repro.models.shape_error import ShapeError
from repro.spec.experiment import Block, Input, Model
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

ONE, OTHER = Shape.of("C T", 2, 9), Shape.of("C T", 3, 9)


@pytest.fixture
def joined(experiment, tmp_path):
    def make(layers, shapes):
        block = Block(name="digit", sources=tuple(shapes), layers=tuple(layers))
        base = experiment(layers, loss="model.py:Any").model_copy(
            update={"model": Model(name="net", blocks=(block,)), "inputs": {n: Input(name=n) for n in shapes}}
        )
        targets = {"digit": Target(name="digit", kind="class", classes=base.labels["digit"].classes)}
        return build(base, shapes, targets, seed=0, folder=tmp_path)

    return make


def test_concat_puts_channels_side_by_side(joined, layer):
    network = joined([layer("Concat"), layer("Identity")], {"a": ONE, "b": OTHER})
    a, b = torch.randn(4, 2, 9), torch.randn(4, 3, 9)
    assert torch.equal(network({"a": a, "b": b})["digit"], torch.cat([a, b], 1))
    assert str(network.output_shapes["digit"]) == "C 5 x T 9"
    assert str(joined([layer("Concat", dim=2)], {"a": ONE, "b": ONE}).output_shapes["digit"]) == "C 2 x T 18"


FEATURES, CHANNELS = Shape.of("F", 7), Shape.of("C", 5)


def test_the_axis_that_is_joined_may_have_two_names(joined, layer):
    """Channels of a pooled signal beside features of a table: features then; all other axes must agree in both."""
    network = joined([layer("Concat", dim=1), layer("Linear", out_features=3)], {"a": FEATURES, "b": CHANNELS})
    assert network.steps[0].out == Shape.of("F", 12)
    a, b = torch.randn(4, 7), torch.randn(4, 5)
    rest = network.steps[1].module
    torch.testing.assert_close(network({"a": a, "b": b})["digit"], rest(torch.cat([a, b], 1)))
    last = joined([layer("Concat", dim=-1)], {"a": ONE, "b": Shape.of("C T", 2, 4)}).output_shapes["digit"]
    assert str(last) == "C 2 x T 13"
    with pytest.raises(SpecError, match="Concat needs inputs that differ on axis C alone"):
        joined([layer("Concat")], {"a": ONE, "b": Shape.of("C F", 2, 9)})
    with pytest.raises(SpecError, match="Concat needs inputs that differ on axis C alone"):
        joined([layer("Concat")], {"a": ONE, "b": Shape.of("C", 2)})


def test_add(joined, layer):
    network = joined([layer("Add")], {"a": ONE, "b": ONE, "c": ONE})
    a, b, c = torch.randn(3, 4, 2, 9)
    torch.testing.assert_close(network({"a": a, "b": b, "c": c})["digit"], a + b + c)


@pytest.mark.parametrize(
    ("name", "args", "text"),
    [
        ("Add", {}, "Add needs inputs of one shape; what comes in is N x T x C = N x 9 x 2"),
        ("Concat", {"dim": 2}, "Concat needs inputs that differ on axis T alone"),
        ("Concat", {"dim": 3}, "dim 3 is no axis of"),
        ("Flatten", {}, "2 inputs come in, and Flatten takes one; begin with Concat, Add or a class of your own"),
    ],
)
def test_inputs_that_do_not_go_together(joined, layer, name, args, text):
    with pytest.raises(SpecError, match=r"paper\.yaml:7:") as caught:
        joined([layer(name, **args)], {"a": ONE, "b": OTHER})
    assert text in str(caught.value)


OWN = """
from torch import nn

class Facts(nn.Module):
    def __init__(self, in_shape, classes, rate=None, label=None, width=2):
        super().__init__()
        self.facts = in_shape, classes, rate, label.name
        self.fc = nn.Linear(in_shape[0], width)
    def forward(self, x):
        return self.fc(x)

class Frames(nn.Module):
    out_axes = "T F"
    def forward(self, x):
        return x.unfold(1, 4, 4)

class Bad(nn.Module):
    def forward(self, x):
        return x @ x

class NeedsRate(nn.Module):
    def __init__(self, rate):
        super().__init__()

class Lost(nn.Module):
    def forward(self, x):
        return x.sum(0)

class Heads(nn.Module):
    def forward(self, x):
        return {"digit": x[:, :10], "other": x[:, :3]}

class Plain:
    pass

class Drops(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(12)
    def forward(self, x):
        assert not self.training
        return self.norm(x)
"""


@pytest.fixture
def own(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(OWN)
    return lambda name, **args: net([layer(f"model.py:{name}", line=5, **args)], Shape.of("F", 12))


def test_own_code_gets_what_it_asks_for(own):
    network = own("Facts", width=3)
    assert network.steps[0].module.facts == ((12,), 10, None, "digit")
    assert network.output_shapes["digit"] == Shape.of("F", 3)


def test_own_code_may_name_its_axes(own):
    assert str(own("Frames").output_shapes["digit"]) == "T 3 x F 4"


def test_own_code_is_tried_in_evaluation_mode_and_left_in_training_mode(own):
    module = own("Drops").steps[0].module
    assert module.training
    assert module.norm.training
    assert module.norm.num_batches_tracked == 0


def test_own_code_may_give_an_output_for_each_label(own):
    network = own("Heads")
    outputs = network({"input": torch.zeros(4, 12)})
    assert {n: tuple(o.shape) for n, o in outputs.items()} == {"digit": (4, 10), "other": (4, 3)}
    assert network.output_shapes == {"digit": Shape.of("F", 10), "other": Shape.of("F", 3)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Bad", "mat1 and mat2 shapes cannot be multiplied (2x12 and 2x12); what comes in is N x F"),
        ("NeedsRate", "NeedsRate asks for rate, which these data do not have"),
        ("Lost", "Lost gives (12,) for a batch of 2; the batch axis must stay first"),
        ("Plain", "Plain is no torch.nn.Module"),
        ("Badd", "no class 'Badd' in this file; did you mean 'Bad'?"),
    ],
)  # fmt: skip
def test_own_code_that_fails_is_named_at_the_layers_line(own, name, text):
    with pytest.raises(SpecError) as caught:
        own(name)
    assert str(caught.value).startswith(f"paper.yaml:5:5: architecture.net.model.py:{name}: ")
    assert text in str(caught.value)


def test_an_argument_that_own_code_does_not_have(own):
    with pytest.raises(SpecError, match=r"^paper\.yaml:5:5: .*TypeError: .*unexpected keyword argument 'wide'"):
        own("Facts", wide=3)


def test_nothing_follows_a_layer_with_several_outputs(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(OWN)
    with pytest.raises(
        ShapeError, match=r"paper\.yaml:8:5: .*ReLU cannot follow a layer that gives one output for each"
    ):
        net([layer("model.py:Heads"), layer("ReLU", line=8)], Shape.of("F", 12))
