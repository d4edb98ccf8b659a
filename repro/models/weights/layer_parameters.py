"""The parameters of a layer, and what ``weights`` must know of each: its role, its fan-in and its units."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

from repro.models.builders.build_context import BuiltLayer
from repro.models.weights.select import WEIGHTED

FanIn = int | Tensor


@dataclass(frozen=True, eq=False)
class LayerParameter:
    """One parameter, found anew each time by the module that holds it: moving a network may replace its tensors.

    ``name`` is its name in the module ``owner``. ``role`` is ``weight`` or ``bias``, read from it (None for other
    names). ``fan_in`` is the number of inputs of a unit, or a tensor that broadcasts to the parameter where units
    differ; None where nobody says.
    """

    name: str
    role: str | None
    fan_in: FanIn | None
    owner: nn.Module

    @property
    def parameter(self) -> nn.Parameter:
        """The parameter as it is now."""
        parameter: nn.Parameter = self.owner._parameters[self.name]  # type: ignore[assignment]
        return parameter


def is_weighted(step: BuiltLayer) -> bool:
    """Whether ``all`` means this layer, or something inside it.

    Linear, convolutions and recurrent layers; of own code the same layers inside it, and every module that says how
    many inputs its units have by an attribute ``fan_in``.
    """
    if step.layer.own:
        return step.module is not None and any(_says_fan_in(m) for m in step.module.modules())
    return step.layer.name in WEIGHTED


def parameters_of(step: BuiltLayer, *, all_of_own: bool = False) -> list[LayerParameter]:
    """The layer's parameters in order.

    Args:
        step: a layer without inner layers of the spec.
        all_of_own: of own code also parameters whose modules say no fan-in; else these are left out.

    """
    assert step.module is not None
    parameters: list[LayerParameter] = []
    for module in step.module.modules():
        if step.layer.own and not all_of_own and not _says_fan_in(module):
            continue
        parameters += [
            LayerParameter(n, _role(n), _fan_in(module, n), module) for n, _ in module.named_parameters(recurse=False)
        ]
    return parameters


def _says_fan_in(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear | _ConvNd | nn.RNNBase | nn.RNNCellBase) or hasattr(module, "fan_in")


def _role(name: str) -> str | None:
    return "bias" if "bias" in name else "weight" if "weight" in name else None


def _fan_in(module: nn.Module, name: str) -> FanIn | None:
    """Inputs of one unit. A recurrent unit sees what comes in and the state; a bias has its layer's fan-in."""
    declared = getattr(module, "fan_in", None)
    if isinstance(declared, dict):
        return declared.get(name)
    if isinstance(declared, int | Tensor):
        return declared
    if isinstance(module, nn.Linear):
        return module.in_features
    if isinstance(module, _ConvNd):
        return module.in_channels // module.groups * module.weight[0, 0].numel()
    if isinstance(module, nn.RNNCellBase):
        return module.input_size + module.hidden_size
    if isinstance(module, nn.RNNBase):
        state = module.proj_size or module.hidden_size
        if name.startswith("weight_hr"):
            return module.hidden_size
        first = "_l0" in name
        directions = 2 if module.bidirectional else 1
        return (module.input_size if first else state * directions) + state
    return None


def unit_norms(held: LayerParameter) -> tuple[Tensor, Tensor]:
    """(Weights as a view, norm of each unit's incoming weights, which broadcasts to the view).

    A unit is a row of Linear, a filter of a convolution, a row of each matrix of a recurrent layer.
    """
    weight = held.parameter
    if isinstance(held.owner, _ConvTransposeNd):
        groups = held.owner.groups
        view = weight.view(groups, weight.shape[0] // groups, weight.shape[1], -1)
        return view, view.norm(dim=(1, 3), keepdim=True)
    view = weight.view(weight.shape[0], -1)
    return view, view.norm(dim=1, keepdim=True)
