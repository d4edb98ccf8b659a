# ruff: noqa: E501 - one case a line
"""The word ``weights``: who is meant, how they start, what goes on while they train."""

import copy

import pytest
import torch
from torch import nn

from repro.data.seeds import derive
from repro.models.weights.initialize import uniform_fan_in_
from repro.models.weights.select import selects, unmatched
from repro.spec.experiment import WeightRule
from repro.spec.part import Entry, Layer
from repro.spec.place import Place
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

SIGNAL = Shape.of("C T", 2, 12)
OWN = '''
import torch
from torch import nn

class Gain(nn.Module):
    """One gain a channel that says how many inputs a unit has."""
    def __init__(self, in_shape, said=True):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(in_shape[0], 1))
        self.other = nn.Parameter(torch.ones(1))
        if said:
            self.fan_in = {"weight": torch.full((in_shape[0], 1), 4.0)}
    def forward(self, x):
        return x * self.weight * self.other

class Inside(nn.Module):
    def __init__(self, in_shape):
        super().__init__()
        self.first = nn.Linear(in_shape[0], 3)
        self.free = nn.Parameter(torch.ones(3))
    def forward(self, x):
        self.seen = self.first(x) * self.free
        return self.seen
    def penalty(self):
        return 0.5 * self.seen.square().mean()
'''


def _rule(selector, line=30, **fields):
    return WeightRule(selector=selector, place=Place("paper.yaml", line, 3), **fields)


def _init(name, **args):
    return Entry(name=name, args=args)


@pytest.fixture
def cnn(layer):
    return [
        layer("Conv1d", out_channels=4, kernel_size=3, label="c1"),
        layer("BatchNorm1d"),
        layer("Residual", layer("Conv1d", out_channels=4, kernel_size=5, padding="same", label="r1"), label="res"),
        layer("Flatten"),
        layer("Linear", out_features="classes", label="out"),
    ]


def _parameters(network):
    return {name.split(".", 1)[1]: p for name, p in network.named_parameters()}


# Who is meant


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("all", True),
        ("Conv1d", True),
        ("t1", True),
        ("trunk", True),
        ("deepbeat", True),
        ("deepbeat.Conv1d", True),
        ("deepbeat.trunk.t1", True),
        ("trunk.deepbeat", False),
        ("trunk.Linear", False),
        ("encoder.t1", False),
        ("Conv2d", False),
        ("block", True),
        ("block.t1", True),
    ],
)
def test_selectors(selector, expected):
    conv = Layer(name="Conv1d", label="t1", lists=("deepbeat", "trunk"))
    assert selects(selector, conv, ("block",)) is expected


def test_own_code_is_selected_by_its_class_alone():
    assert selects("SparseConv2d", Layer(name="model.py:SparseConv2d", lists=("lenet5",)))


def test_a_line_that_names_nothing_in_any_experiment(experiment, layer):
    class Study:
        experiments = {
            "a": experiment([layer("Linear", label="fc")], weights=[_rule("fc", 4), _rule("fc9", 5, l2=0.1)]),
            "b": experiment([layer("Conv1d", label="c1")], weights=[_rule("c1", 6), _rule("Conv2d", 7)]),
        }

    problems = unmatched(Study)
    assert [str(p) for p in problems] == [
        "paper.yaml:5:3: weights.fc9: 'fc9' names no layer, class, list or model here",
        "paper.yaml:7:3: weights.Conv2d: 'Conv2d' names no layer, class, list or model here",
    ]


# How they start


def test_later_lines_win_field_by_field(net, cnn):
    rules = [_rule("all", weight=0.5, bias=0.25), _rule("Conv1d", weight=2.0), _rule("r1", bias=3.0)]
    got = {name: set(p.detach().unique().tolist()) for name, p in _parameters(net(cnn, SIGNAL, weights=rules)).items()}
    assert got == {
        "0_c1.weight": {2.0},
        "0_c1.bias": {0.25},
        "1_batchnorm1d.weight": {1.0},
        "1_batchnorm1d.bias": {0.0},
        "2_res.layers.0_r1.weight": {2.0},
        "2_res.layers.0_r1.bias": {3.0},
        "4_out.weight": {0.5},
        "4_out.bias": {0.25},
    }


def test_all_leaves_a_norm_alone_and_its_own_name_does_not(net, cnn):
    norm = [p for n, p in _parameters(net(cnn, SIGNAL, weights=[_rule("net", weight=7.0)])).items() if "norm" in n]
    assert norm[0].unique().tolist() == [1.0]
    norm = [
        p for n, p in _parameters(net(cnn, SIGNAL, weights=[_rule("BatchNorm1d", weight=7.0)])).items() if "norm" in n
    ]
    assert norm[0].unique().tolist() == [7.0]


def test_an_init_of_torch_draws_after_the_layers_in_their_order(net, cnn):
    made = _parameters(net(cnn, SIGNAL, seed=2, weights=[_rule("all", weight=_init("xavier_uniform_", gain=2.0))]))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(2, "start"))
        by_hand = [nn.Conv1d(2, 4, 3), nn.Conv1d(4, 4, 5), nn.Linear(40, 10)]
        for module in by_hand:
            nn.init.xavier_uniform_(module.weight, gain=2.0)
    for name, module in zip(("0_c1", "2_res.layers.0_r1", "4_out"), by_hand, strict=True):
        assert torch.equal(made[f"{name}.weight"], module.weight)
        assert torch.equal(made[f"{name}.bias"], module.bias)


@pytest.mark.parametrize(
    ("name", "args", "shape", "fan_in"),
    [
        ("Linear", {"out_features": 400}, Shape.of("F", 30), 30),
        ("Conv1d", {"out_channels": 400, "kernel_size": 3, "groups": 2}, Shape.of("C T", 8, 9), 12),
        ("ConvTranspose1d", {"out_channels": 400, "kernel_size": 3}, Shape.of("C T", 8, 9), 24),
        ("GRU", {"hidden_size": 40}, Shape.of("T F", 5, 20), 60),
    ],
)
def test_uniform_fan_in_reaches_its_bound_and_never_leaves_it(net, layer, name, args, shape, fan_in):
    start = _init("uniform_fan_in_", scale=2.4)
    made = _parameters(net([layer(name, **args)], shape, weights=[_rule("all", weight=start, bias=start)]))
    assert len(made) >= 2
    for parameter in made.values():
        assert parameter.abs().max() <= 2.4 / fan_in
        assert parameter.abs().max() > 0.95 * 2.4 / fan_in
        assert abs(parameter.mean()) < 0.2 * 2.4 / fan_in


def test_a_deeper_recurrent_layer_reads_both_directions(net, layer):
    start = _init("uniform_fan_in_", scale=1.0)
    deep = [layer("LSTM", hidden_size=30, num_layers=2, bidirectional=True)]
    made = _parameters(net(deep, Shape.of("T F", 5, 20), weights=[_rule("all", weight=start)]))
    for name, parameter in made.items():
        if "weight" in name:
            fan_in = 20 + 30 if "_l0" in name else 60 + 30
            assert 0.95 / fan_in < parameter.abs().max() <= 1 / fan_in


def test_uniform_fan_in_follows_a_tensor_of_fan_ins():
    torch.manual_seed(0)
    filled = uniform_fan_in_(torch.empty(2, 5000), torch.tensor([[1.0], [10.0]]), 2.0)
    assert filled.abs().amax(1).tolist() == pytest.approx([2.0, 0.2], rel=0.01)


def test_own_code_that_says_its_fan_in_belongs_to_all(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(OWN)
    start = _init("uniform_fan_in_", scale=2.4)
    made = _parameters(net([layer("model.py:Gain")], SIGNAL, weights=[_rule("all", weight=start)]))
    assert 0 < made["0_gain.weight"].abs().max() <= 0.6
    assert made["0_gain.other"].item() == 1
    made = _parameters(net([layer("model.py:Gain", said=False)], SIGNAL, weights=[_rule("all", weight=5.0)]))
    assert made["0_gain.weight"].unique().tolist() == [1.0]
    made = _parameters(net([layer("model.py:Gain", said=False)], SIGNAL, weights=[_rule("Gain", weight=5.0)]))
    assert made["0_gain.weight"].unique().tolist() == [5.0]
    inside = [layer("Flatten"), layer("model.py:Inside")]
    made = _parameters(net(inside, SIGNAL, weights=[_rule("all", weight=5.0)]))
    assert made["1_inside.first.weight"].unique().tolist() == [5.0]
    assert made["1_inside.free"].unique().tolist() == [1.0]


@pytest.mark.parametrize(
    ("selector", "fields", "text"),
    [
        ("BatchNorm1d", {"weight": _init("eye_")}, "weights.BatchNorm1d.weight: eye_ cannot start weight of BatchNorm1d, which is 4"),
        ("all", {"bias": _init("kaiming_normal_")}, "weights.all.bias: kaiming_normal_ cannot start bias of Conv1d"),
        ("all", {"weight": _init("xavier_unifrom_")}, "unknown init 'xavier_unifrom_'; did you mean 'xavier_un"),
        ("BatchNorm1d", {"weight": _init("uniform_fan_in_", scale=1.0)}, "give the class an attribute fan_in"),
        ("Flatten", {"weight": 1.0}, "weights.Flatten.weight: Flatten has no weights"),
        ("Flatten", {"freeze": True}, "weights.Flatten.freeze: Flatten has no parameters"),
        ("BatchNorm1d", {"max_norm": 1.0}, "nobody knows what a unit of BatchNorm1d is"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_done_is_named_at_its_place(net, cnn, selector, fields, text):
    with pytest.raises(SpecError) as caught:
        net(cnn, SIGNAL, weights=[_rule(selector, 33, **fields)])
    assert str(caught.value).startswith("paper.yaml:33:3: ")
    assert text in str(caught.value)


def test_an_init_that_reads_shapes_is_refused_for_own_shapes(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(OWN)
    with pytest.raises(SpecError, match="says nothing in Gain; take uniform_fan_in_"):
        net([layer("model.py:Gain")], SIGNAL, weights=[_rule("all", weight=_init("xavier_uniform_"))])


# What goes on while they train


def test_penalties_by_hand_and_their_gradients(net, layer):
    layers = [layer("Flatten"), layer("Linear", out_features=1, label="fc")]
    network = net(layers, Shape.of("F", 3), weights=[_rule("all", l2=0.1, l1=0.01, bias=9.0)])
    weight = _parameters(network)["1_fc.weight"]
    with torch.no_grad():
        weight.copy_(torch.tensor([[1.0, -2.0, 3.0]]))
    penalty = network.penalty()
    assert network.has_penalty
    assert penalty.item() == pytest.approx(0.1 * 14 + 0.01 * 6)
    penalty.backward()
    torch.testing.assert_close(weight.grad, torch.tensor([[0.21, -0.41, 0.61]]))
    assert _parameters(network)["1_fc.bias"].grad is None


def test_no_penalty_is_zero(net, cnn):
    network = net(cnn, SIGNAL)
    assert not network.has_penalty
    assert network.penalty().item() == 0


def test_own_code_adds_its_penalty(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(OWN)
    network = net([layer("Flatten"), layer("model.py:Inside")], SIGNAL)
    out = network({"input": torch.ones(2, 2, 12)})["digit"]
    assert network.has_penalty
    assert network.penalty().item() == pytest.approx(0.5 * out.square().mean().item())


def test_max_norm_bounds_each_unit_and_leaves_the_rest(net, layer):
    layers = [layer("Flatten"), layer("Linear", out_features=3, label="fc")]
    network = net(layers, Shape.of("F", 2), weights=[_rule("fc", max_norm=2.0)])
    weight = _parameters(network)["1_fc.weight"]
    with torch.no_grad():
        weight.copy_(torch.tensor([[3.0, 4.0], [0.6, 0.8], [0.0, 0.0]]))
    network.after_step()
    torch.testing.assert_close(weight.detach(), torch.tensor([[1.2, 1.6], [0.6, 0.8], [0.0, 0.0]]))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("Conv1d", {"out_channels": 6, "kernel_size": 3}),
        ("ConvTranspose1d", {"out_channels": 6, "kernel_size": 3, "groups": 2}),
    ],
)
def test_max_norm_of_convolutions_is_over_each_filters_inputs(net, layer, name, args):
    network = net(
        [layer(name, bias=False, **args)], Shape.of("C T", 4, 9), weights=[_rule("all", max_norm=0.5, weight=1.0)]
    )
    network.after_step()
    weight = next(network.parameters())
    filters = weight if name == "Conv1d" else weight.view(2, 2, 3, 3).permute(0, 2, 1, 3).reshape(6, 2, 3)
    assert filters.flatten(1).norm(dim=1).tolist() == pytest.approx([0.5] * 6)


def test_frozen_layers_are_not_trained_and_keep_their_statistics(net, layer):
    layers = [
        layer("Conv1d", out_channels=4, kernel_size=3),
        layer("BatchNorm1d"),
        layer("Flatten"),
        layer("Linear", out_features="classes", label="out"),
    ]
    layers = [*(each.model_copy(update={"lists": ("net", "encoder")}) for each in layers[:2]), *layers[2:]]
    network = net(layers, SIGNAL, weights=[_rule("encoder", freeze=True)])
    network.train()
    before = copy.deepcopy(network.state_dict())
    (group,) = network.parameter_groups()
    assert sum(p.numel() for p in group["params"]) == 40 * 10 + 10
    network({"input": torch.randn(5, 2, 12)})["digit"].sum().backward()
    torch.optim.SGD(network.parameter_groups(), lr=1.0).step()
    changed = {n.split(".")[1] for n, v in network.state_dict().items() if not torch.equal(v, before[n])}
    assert changed == {"3_out"}


def test_lr_times_makes_groups(net, cnn):
    network = net(
        cnn, SIGNAL, weights=[_rule("Conv1d", lr_times=0.1), _rule("r1", lr_times=2.0), _rule("out", lr_times=1.0)]
    )
    groups = network.parameter_groups(0.01)
    assert [(len(g["params"]), g.get("lr")) for g in groups] == [(4, None), (2, pytest.approx(0.001)), (2, 0.02)]
    assert sum(len(g["params"]) for g in groups) == len(list(network.parameters()))
    assert torch.optim.SGD(groups, lr=0.01).param_groups[0]["lr"] == 0.01
    with pytest.raises(ValueError, match="needs the optimizer's learning rate"):
        network.parameter_groups()


def test_a_net_with_nothing_left_to_train_says_so(net, cnn):
    with pytest.raises(ValueError, match="nothing is left to train"):
        net(cnn, SIGNAL, weights=[_rule("net", freeze=True)]).parameter_groups(0.1)


def test_a_copy_of_a_network_penalises_its_own_weights(net, cnn):
    network = net(cnn, SIGNAL, weights=[_rule("all", l2=1.0)])
    twin = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.zero_()
    assert twin.penalty().item() == 0
    assert network.penalty().item() > 0
