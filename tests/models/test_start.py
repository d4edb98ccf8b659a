"""The start of a network: PyTorch's own, bit by bit, from the seed alone."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from repro.data.seeds import derive
from repro.models.layers.residual import Residual
from repro.spec.shape import Shape

SIGNAL = Shape.of("C T", 1, 40)


def _by_hand(seed: int, make):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(seed, "start"))
        return make()


def _equal(a: nn.Module, b: nn.Module) -> bool:
    ours, theirs = list(a.state_dict().values()), list(b.state_dict().values())
    assert len(ours) == len(theirs) > 0
    return all(torch.equal(x, y) for x, y in zip(ours, theirs, strict=True))


def _cnn_layers(layer):
    return [
        layer("Conv1d", out_channels=25, kernel_size=5, stride=2, padding=1),
        layer("BatchNorm1d"),
        layer("ReLU"),
        layer("Dropout", p=0.5),
        layer("Conv1d", out_channels=8, kernel_size=3, padding="same"),
        layer("Flatten"),
        layer("Linear", out_features="classes"),
    ]


def _cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(1, 25, 5, 2, 1),
        nn.BatchNorm1d(25),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Conv1d(25, 8, 3, padding="same"),
        nn.Flatten(),
        nn.Linear(152, 10),
    )


@pytest.mark.parametrize("seed", [0, 3])
def test_a_cnn_starts_as_the_same_layers_by_hand(net, layer, seed):
    ours, theirs = net(_cnn_layers(layer), SIGNAL, seed=seed), _by_hand(seed, _cnn)
    assert _equal(ours, theirs)
    x = torch.linspace(-1, 1, 120).view(3, 1, 40)
    assert torch.equal(ours.eval()({"input": x})["digit"], theirs.eval()(x))


def test_a_gru_and_a_residual_start_as_by_hand(net, layer):
    gru = [
        layer("Rearrange", pattern="n c t -> n t c"),
        layer("GRU", hidden_size=6, bidirectional=True),
        layer("Flatten"),
        layer("Linear", out_features="classes"),
    ]
    by_hand = _by_hand(1, lambda: nn.ModuleList([nn.GRU(1, 6, bidirectional=True), nn.Linear(480, 10)]))
    assert _equal(net(gru, SIGNAL, seed=1), by_hand)
    mlp = [
        layer("Flatten"),
        layer("Residual", layer("Linear", out_features=40), layer("ReLU"), shortcut=[layer("Linear", out_features=40)]),
    ]
    inner = _by_hand(1, lambda: Residual(nn.Sequential(nn.Linear(40, 40), nn.ReLU()), nn.Sequential(nn.Linear(40, 40))))
    ours = net(mlp, SIGNAL, seed=1)
    assert _equal(ours, inner)
    x = torch.linspace(-1, 1, 80).view(2, 1, 40)
    (first, _), (other,) = inner.layers, inner.shortcut
    torch.testing.assert_close(ours({"input": x})["digit"], first(x.flatten(1)).relu() + other(x.flatten(1)))


def test_same_seed_same_bytes_other_seed_other_bytes(net, layer):
    first, again, other = (net(_cnn_layers(layer), SIGNAL, seed=seed) for seed in (5, 5, 6))
    assert _equal(first, again)
    assert not _equal(first, other)


def test_no_global_generator_is_changed(net, layer):
    torch.manual_seed(11)
    np.random.seed(11)
    random.seed(11)
    kept = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    net(_cnn_layers(layer), SIGNAL)
    assert torch.equal(torch.get_rng_state(), kept[0])
    assert (np.random.get_state()[1] == kept[1]).all()
    assert random.getstate() == kept[2]


def test_repeat_makes_fresh_copies_with_weights_of_their_own(net, layer):
    repeated = net([layer("Flatten"), layer("Repeat", layer("Linear", out_features=40), times=3)], SIGNAL)
    by_hand = _by_hand(0, lambda: nn.Sequential(*[nn.Linear(40, 40) for _ in range(3)]))
    assert _equal(repeated, by_hand)
    assert len({p.data_ptr() for p in repeated.parameters()}) == 6


def test_on_the_meta_device_nothing_is_drawn_and_shapes_are_the_same(net, layer):
    real, meta = net(_cnn_layers(layer), SIGNAL), net(_cnn_layers(layer), SIGNAL, meta=True)
    assert all(p.device.type == "meta" for p in meta.parameters())
    assert [(s.layer.name, s.out) for s in meta.steps] == [(s.layer.name, s.out) for s in real.steps]
