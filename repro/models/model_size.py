"""How big a network is and what one item costs: trainable parameters and multiply-adds."""

from collections.abc import Mapping
from math import prod

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from repro.models.builders.build_context import BuiltLayer
from repro.models.builders.make import run_quietly
from repro.models.network import Network
from repro.spec.shape import Shape


def parameters(network: nn.Module) -> int:
    """Number of trainable values: what an optimizer changes. Running statistics and frozen layers are left out."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def multiply_adds(network: Network, shapes: Mapping[str, Shape] | None = None) -> int:
    """Multiply-adds of one item's way through the network, the sum over its layers.

    Args:
        network: made by :func:`repro.models.network.build`.
        shapes: of one item of each input; ValueError when they are not those that the network was built for.

    """
    if shapes is not None and dict(shapes) != network.shapes:
        raise ValueError("the network was built for other shapes; build it again for these")
    return sum(step_multiply_adds(step) for step in network.steps)


def step_multiply_adds(step: BuiltLayer) -> int:
    """Multiply-adds of one item in one layer; a Residual or Repeat has none of its own.

    Linear, convolutional and recurrent layers by formula; own code by its attribute ``multiply_adds`` where it has
    one; all else is half of what ``torch.utils.flop_counter`` counts, which sees matrix products and convolutions.
    Additions of a bias, activations, norms and pooling count nothing, as is usual.
    """
    module = step.module
    if module is None or step.layer.layers:
        return 0
    own_count = getattr(module, "multiply_adds", None)
    if step.layer.own and isinstance(own_count, int):
        return own_count
    if isinstance(module, nn.RNNBase):
        return _recurrent(module, step.inp[0].size("T"))
    if isinstance(module, nn.Linear):
        return module.in_features * module.out_features
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d) and isinstance(step.out, Shape):
        return prod(step.out.sizes) * module.weight[0].numel()
    if not any(True for _ in module.parameters()) and not step.layer.own:
        return 0
    return _counted(module, step.inp)


_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _recurrent(module: nn.RNNBase, time: int) -> int:
    """``T * directions * gates * H * (inputs + state)`` over all layers; ``T * H * P`` for an LSTM's projection."""
    directions = 2 if module.bidirectional else 1
    hidden, state = module.hidden_size, module.proj_size or module.hidden_size
    total = 0
    for layer in range(module.num_layers):
        inputs = module.input_size if layer == 0 else state * directions
        step = _GATES[module.mode] * hidden * (inputs + state) + hidden * module.proj_size
        total += time * directions * step
    return total


def _counted(module: nn.Module, inputs: tuple[Shape, ...]) -> int:
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # its one fused kernel is not counted
    counter = FlopCounterMode(display=False)
    device = next((p.device for p in module.parameters()), torch.device("cpu"))
    try:
        with counter, device, sdpa_kernel(SDPBackend.MATH):  # the flash kernel of CPUs is not counted
            run_quietly(module, *inputs)
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
    return int(counter.get_total_flops()) // 4  # a batch of 2, and two operations a multiply-add
