"""Whether training a net draws random numbers at its steps, so that the generators have to be seeded at each."""

from torch import nn

from repro.spec.experiment import Experiment

_DRAW = (nn.modules.dropout._DropoutNd, nn.RReLU, nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)


def draws(network: nn.Module, experiment: Experiment) -> bool:
    """True unless every layer is known to draw nothing and no own code takes part."""
    entries = [*experiment.losses.values(), experiment.optimizer]
    if any(entry is not None and entry.own for entry in entries):
        return True
    return any(_may_draw(module) for module in network.modules())


def _may_draw(module: nn.Module) -> bool:
    if isinstance(module, _DRAW) or float(getattr(module, "dropout", 0.0) or 0.0) > 0:
        return True  # recurrent layers and attention have their dropout as a number
    return not type(module).__module__.startswith(("torch.nn.", "repro.models."))
