# ruff: noqa: E501 - one case a line
"""Parameters and multiply-adds against published counts, torch's flop counter and hand-made cells."""

import pytest
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from repro.models.model_size import multiply_adds, parameters, step_multiply_adds
from repro.spec.experiment import Block, Label, Model, WeightRule
from repro.spec.shape import Shape

SIGNAL = Shape.of("C T", 1, 40)


def _convs(layer, channels, kernels, strides, padding=1):
    for c, k, s in zip(channels, kernels, strides, strict=True):
        yield layer("Conv1d", out_channels=c, kernel_size=k, stride=s, padding=padding)
        yield layer("ReLU")


def _models(layer):
    """name: (layers, shape of one item, parameters, multiply-adds by hand)."""
    out = layer("Linear", out_features="classes")
    flat, relu = layer("Flatten"), layer("ReLU")

    def dense(n):
        return layer("Linear", out_features=n)

    def conv2(n, k, **more):
        return layer("Conv2d", out_channels=n, kernel_size=k, **more)

    def pool(d, k, **more):
        return layer(f"MaxPool{d}d", kernel_size=k, **more)

    def conv1(n):
        return layer("Conv1d", out_channels=n, kernel_size=3, padding=1)

    gru = layer("GRU", hidden_size=6, bidirectional=True)
    alexnet = [
        *(conv2(96, 11, stride=4), relu, pool(2, 3, stride=2)),
        *(conv2(256, 5, padding=2, groups=2), relu, pool(2, 3, stride=2)),
        *(conv2(384, 3, padding=1), relu, conv2(384, 3, padding=1, groups=2), relu),
        *(conv2(256, 3, padding=1, groups=2), relu, pool(2, 3, stride=2)),
        *(flat, dense(1024), relu, dense(1024), relu, out),
    ]
    piczak = [
        *(conv2(80, (57, 6)), relu, pool(2, (4, 3), stride=(1, 3)), conv2(80, (1, 3)), relu, pool(2, (1, 3))),
        *(flat, dense(5000), relu, dense(5000), relu, out),
    ]
    return {
        "mnist1d logistic": ([flat, out], SIGNAL, 410, 400),
        "mnist1d mlp": (
            [flat, dense(100), relu, layer("Residual", dense(100), relu), out],
            SIGNAL,
            15_210,
            4_000 + 10_000 + 1_000,
        ),
        "mnist1d cnn": (
            [*_convs(layer, (25, 25, 25), (5, 3, 3), (2, 2, 2)), flat, out],
            SIGNAL,
            5_210,
            19 * 25 * 5 + 10 * 25 * 75 + 5 * 25 * 75 + 1_250,
        ),
        "mnist1d gru": (
            [layer("Rearrange", pattern="n c t -> n t c"), gru, flat, out],
            SIGNAL,
            5_134,
            40 * 2 * 3 * 6 * (1 + 6) + 4_800,
        ),
        "lenet5 modern": (
            [
                conv2(6, 5),
                relu,
                pool(2, 2),
                conv2(16, 5),
                relu,
                pool(2, 2),
                flat,
                dense(120),
                relu,
                dense(84),
                relu,
                out,
            ],
            Shape.of("C H W", 1, 32, 32),
            61_706,
            28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 840,
        ),
        "audionet": (
            [
                *(layer("Conv1d", out_channels=100, kernel_size=3, padding=1), relu),
                *(pool(1, 3, stride=2, ceil_mode=True), conv1(64), relu, pool(1, 2)),
                layer("Repeat", conv1(128), relu, pool(1, 2), times=4),
                *(flat, dense(1024), dense(512), out),
            ],
            Shape.of("C T", 1, 8000),
            17_107_162,
            8000 * 300
            + 4000 * 64 * 300
            + 2000 * 128 * 192
            + (1000 + 500 + 250) * 128 * 384
            + 16_000 * 1024
            + 1024 * 512
            + 5120,
        ),
        "audiomnist alexnet": (
            alexnet,
            Shape.of("C F T", 1, 227, 227),
            11_712 + 307_456 + 885_120 + 663_936 + 442_624 + 9_438_208 + 1_049_600 + 10_250,
            None,
        ),
        "piczak short": (piczak, Shape.of("C F T", 2, 60, 41), 54_800 + 19_280 + 1_205_000 + 25_005_000 + 50_010, None),
    }


NAMES = [*"logistic mlp cnn gru".split()]  # noqa: SIM905
NAMES = [*(f"mnist1d {name}" for name in NAMES), "lenet5 modern", "audionet", "audiomnist alexnet", "piczak short"]


@pytest.mark.parametrize("name", NAMES)
def test_published_networks(net, layer, name):
    layers, shape, count, by_hand = _models(layer)[name]
    network = net(layers, shape, meta=True)
    assert parameters(network) == count
    counter = FlopCounterMode(display=False)
    if by_hand is not None:
        assert multiply_adds(network, {"input": shape}) == by_hand
    if "gru" not in name:  # torch's counter sees no recurrent layer
        with counter, torch.no_grad():
            network.eval()({"input": torch.zeros(1, *shape.sizes, device="meta")})
        assert multiply_adds(network) == counter.get_total_flops() / 2


@pytest.mark.parametrize(
    ("name", "gates", "more"),
    [
        ("RNN", 1, {}),
        ("GRU", 3, {"bidirectional": True}),
        ("GRU", 3, {"num_layers": 3}),
        ("LSTM", 4, {"num_layers": 2, "bidirectional": True}),
    ],
)
def test_recurrent_layers_cost_what_their_cells_cost(net, layer, name, gates, more):
    """The cells' matrix products, done one by one under torch's counter."""
    time, inputs, hidden = 7, 5, 3
    network = net([layer(name, hidden_size=hidden, **more)], Shape.of("T F", time, inputs))
    weights = {n: p for n, p in network.named_parameters() if "weight" in n}
    assert all(p.shape[0] == gates * hidden for p in weights.values())
    counter = FlopCounterMode(display=False)
    with counter:
        for parameter in weights.values():
            for _ in range(time):
                F.linear(torch.zeros(1, parameter.shape[1]), parameter)
    assert multiply_adds(network) == counter.get_total_flops() / 2


def test_a_projected_lstm(net, layer):
    network = net([layer("LSTM", hidden_size=5, proj_size=2)], Shape.of("T F", 7, 4), meta=True)
    assert multiply_adds(network) == 7 * (4 * 5 * (4 + 2) + 5 * 2)


@pytest.mark.parametrize(
    ("name", "args", "shape", "cost"),
    [
        ("Conv3d", {"out_channels": 2, "kernel_size": (2, 3, 4)}, Shape.of("C T H W", 4, 6, 8, 10), 2 * 5 * 6 * 7 * 4 * 24),
        ("Conv1d", {"out_channels": 4, "kernel_size": 5, "stride": 3, "padding": "same"}, Shape.of("C T", 2, 11), 4 * 4 * 10),
        ("ConvTranspose1d", {"out_channels": 6, "kernel_size": 5, "stride": 2}, Shape.of("C T", 4, 9), 9 * 4 * 6 * 5),
        ("MultiheadAttention", {"num_heads": 3}, Shape.of("T F", 9, 12), 4 * 9 * 12 * 12 + 2 * 9 * 9 * 12),
        ("TransformerEncoderLayer", {"nhead": 3, "dim_feedforward": 8}, Shape.of("T F", 9, 12), 4 * 9 * 144 + 2 * 9 * 9 * 12 + 2 * 9 * 96),
        ("BatchNorm1d", {}, Shape.of("C T", 4, 9), 0),
        ("MaxPool1d", {"kernel_size": 3}, Shape.of("C T", 4, 9), 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("meta", [False, True])
def test_other_layers(net, layer, name, args, shape, cost, meta):
    assert multiply_adds(net([layer(name, **args)], shape, meta=meta)) == cost


def test_own_code_says_its_cost_or_is_counted(net, layer, tmp_path):
    (tmp_path / "model.py").write_text(
        "from torch import nn\n"
        "class Said(nn.Identity):\n    multiply_adds = 77\n"
        "class Counted(nn.Module):\n"
        "    def __init__(self, in_shape):\n        super().__init__()\n        self.fc = nn.Linear(in_shape[0], 3)\n"
        "    def forward(self, x):\n        return self.fc(self.fc.weight.new_ones(len(x), len(self.fc.weight[0])) * x)\n"
    )
    network = net([layer("Flatten"), layer("model.py:Said"), layer("model.py:Counted")], SIGNAL)
    assert [step_multiply_adds(step) for step in network.steps] == [0, 77, 120]


def test_frozen_layers_are_not_trainable(net, layer):
    rules = [WeightRule(selector="fc", freeze=True)]
    network = net([layer("Flatten"), layer("Linear", out_features=4, label="fc")], SIGNAL, weights=rules)
    assert parameters(network) == 0


def test_other_shapes_than_built_for_are_refused(net, layer):
    with pytest.raises(ValueError, match="built for other shapes"):
        multiply_adds(net([layer("Flatten")], SIGNAL), {"input": Shape.of("C T", 1, 41)})


def test_deepbeat_two_heads_on_one_body(experiment, layer, tmp_path):
    """110,963 trainable and 666 running statistics, as in the authors' weight files."""
    from repro.data.prepared import Target
    from repro.models.network import build

    def conv(n, k, stride=1):
        return layer("Conv1d", out_channels=n, kernel_size=k, stride=stride, padding="same")

    norm, flat = layer("BatchNorm1d"), layer("Flatten")

    def dense(n):
        return layer("Linear", out_features=n)

    body = [
        *(conv(64, 10), layer("MaxPool1d", kernel_size=3), conv(45, 8), layer("MaxPool1d", kernel_size=3)),
        *(conv(50, 5), layer("MaxPool1d", kernel_size=2, padding="same"), norm),
        *(conv(64, 4, 3), norm, conv(35, 4, 3), norm, conv(64, 4), norm),
    ]
    quality = [conv(25, 4, 2), norm, flat, dense(175), dense("classes")]
    rhythm = [conv(35, 5, 3), norm, conv(25, 4, 3), norm, conv(35, 3), norm, flat, dense(175), dense("classes")]
    base = experiment(body)
    labels = {
        "quality": Label(name="quality", column="quality", classes=("poor", "acceptable", "excellent")),
        "rhythm": Label(name="rhythm", column="rhythm", classes=("non-AF", "AF")),
    }
    blocks = (
        Block(name="body", sources=("input",), layers=tuple(body)),
        Block(name="quality", sources=("body",), layers=tuple(quality)),
        Block(name="rhythm", sources=("body",), layers=tuple(rhythm)),
    )
    both = base.model_copy(update={"labels": labels, "model": Model(name="deepbeat", blocks=blocks), "losses": {}})
    targets = {n: Target(name=n, kind="class", classes=each.classes) for n, each in labels.items()}
    network = build(both, {"input": Shape.of("C T", 1, 800)}, targets, seed=0, folder=tmp_path)
    assert parameters(network) == 110_963
    running = [b for n, b in network.named_buffers() if "running" in n]
    assert sum(b.numel() for b in running) == 666
    outputs = network.eval()({"input": torch.zeros(2, 1, 800)})
    assert {name: tuple(out.shape) for name, out in outputs.items()} == {"quality": (2, 3), "rhythm": (2, 2)}
