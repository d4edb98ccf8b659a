"""Whether training a net draws random numbers at its steps."""

from torch import nn
from torch.nn.modules.dropout import _DropoutNd

from repro.spec.experiment import Experiment


def uses_rng(network: nn.Module, experiment: Experiment) -> bool:
    """True unless every layer is known to draw nothing and no own code takes part.

    Where it is False the generators need not be seeded at each step.
    """
    entries = [*experiment.losses.values(), experiment.optimizer]
    if any(entry is not None and entry.own for entry in entries):
        return True
    return any(layer_uses_rng(module) or not _is_known(module) for module in network.modules())


def layer_uses_rng(module: nn.Module) -> bool:
    """Whether a layer of torch's draws random numbers in training."""
    if isinstance(module, _DropoutNd):
        return module.p > 0
    if isinstance(module, nn.RNNBase | nn.MultiheadAttention):
        return module.dropout > 0
    return isinstance(module, nn.RReLU | nn.FractionalMaxPool2d | nn.FractionalMaxPool3d)


def _is_known(module: nn.Module) -> bool:
    return type(module).__module__.startswith(("torch.nn.", "repro.models."))
