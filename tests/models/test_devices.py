"""Networks run on devices that are not here: shapes and devices are checked, no arithmetic is done."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from repro.spec.experiment import WeightRule
from repro.spec.part import Entry
from repro.spec.shape import Shape

SIGNAL = Shape.of("C T", 2, 41)


def _layers(layer):
    return [
        layer("Conv1d", out_channels=8, kernel_size=4, stride=3, padding="same"),
        layer("BatchNorm1d"),
        layer("ReLU"),
        layer("MaxPool1d", kernel_size=2, padding="same"),
        layer("AvgPool1d", kernel_size=2, stride=1, padding="same"),
        layer("Residual", layer("Conv1d", out_channels=8, kernel_size=3, padding="same"), layer("Dropout", p=0.5)),
        layer("Rearrange", pattern="n c t -> n t c"),
        layer("Reduce", pattern="n t c -> n c", by="mean"),
        layer("Linear", out_features="classes"),
    ]


def _moved(tensor):
    there = tensor.detach().to("cuda")
    return torch.nn.Parameter(there) if isinstance(tensor, torch.nn.Parameter) else there


RULES = [WeightRule(selector="all", weight=Entry(name="xavier_uniform_"), l2=0.1, l1=0.1, max_norm=1.0)]


@pytest.mark.parametrize("recurrent", [False, True])
def test_a_full_step_on_the_meta_device(net, layer, recurrent):
    layers = _layers(layer)
    if recurrent:
        layers = [*layers[:7], layer("GRU", hidden_size=5, bidirectional=True), layer("LastStep"), layers[-1]]
    network = net(layers, SIGNAL, weights=RULES, loss="CrossEntropyLoss").to("meta")
    optimizer = torch.optim.Adam(network.parameter_groups(0.1), lr=0.1)
    output = network({"input": torch.zeros(5, 2, 41, device="meta")})["digit"]
    loss = torch.nn.functional.cross_entropy(output, torch.zeros(5, dtype=torch.long, device="meta"))
    (loss + network.penalty()).backward()
    optimizer.step()
    network.after_step()
    assert output.shape == (5, 10)
    assert all(p.grad is not None and p.grad.is_meta for p in network.parameters())


def test_a_step_on_a_gpu_that_is_not_here_never_mixes_devices(net, layer):
    """Fake tensors: an operation between a tensor here and one there raises."""
    with FakeTensorMode(allow_non_fake_inputs=False):
        network = net(_layers(layer), SIGNAL, weights=RULES, loss="CrossEntropyLoss")
        for module in network.modules():  # Module.to cannot exchange fake tensors
            for held in (module._parameters, module._buffers):
                held.update({name: _moved(tensor) for name, tensor in held.items() if tensor is not None})
        assert {p.device.type for p in network.parameters()} == {"cuda"}
        output = network({"input": torch.zeros(5, 2, 41, device="cuda")})["digit"]
        objective = output.sum() + network.penalty()
        network.after_step()
    assert (output.device.type, tuple(output.shape)) == ("cuda", (5, 10))
    assert objective.device.type == "cuda"
