"""Start values: functions of torch.nn.init, ``uniform_fan_in_``, or a number."""

import torch
from torch import Tensor, nn

from repro.models.builders.make import TORCH_COMPLAINTS, first_line
from repro.models.weights.layer_parameters import FanIn, LayerParameter
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError, unknown


def uniform_fan_in_(tensor: Tensor, fan_in: FanIn, scale: float) -> Tensor:
    """Fill with U[-scale / fan_in, +scale / fan_in] and return it (LeCun et al. 1998, App. A, with scale 2.4).

    Args:
        tensor: to fill in place.
        fan_in: inputs of one unit; a tensor that broadcasts to ``tensor`` where units differ.
        scale: numerator of the bound.

    """
    with torch.no_grad():
        tensor.uniform_(-1, 1).mul_(scale / fan_in)
    return tensor


def initialize(held: LayerParameter, entry: Entry | float, problem: Problem) -> None:
    """Give a parameter its start values.

    Args:
        held: the parameter.
        entry: what the spec says.
        problem: where it says so and for which layer; its text is replaced when the start cannot be made.

    """

    def fail(text: str, cause: BaseException | None = None) -> SpecError:
        error = SpecError([Problem(problem.place, problem.key, text)])
        error.__cause__ = cause
        return error

    owner = type(held.owner).__name__
    if not isinstance(entry, Entry):
        nn.init.constant_(held.parameter, float(entry))
        return
    if entry.name == "uniform_fan_in_":
        if held.fan_in is None:
            raise fail(f"nobody knows how many inputs a unit of {owner} has; give the class an attribute fan_in")
        uniform_fan_in_(held.parameter, held.fan_in, **entry.args)
        return
    fill = getattr(nn.init, entry.name, None)
    if fill is None or not entry.name.endswith("_"):
        raise fail(unknown("init", entry.name, [n for n in dir(nn.init) if n.endswith("_") and n[0] != "_"]))
    if entry.name.startswith(("xavier", "kaiming")) and hasattr(held.owner, "fan_in"):
        text = f"{entry.name} reads the fan-in from the shape of the weights, which says nothing in {owner}"
        raise fail(f"{text}; take uniform_fan_in_, uniform_ or normal_")
    try:
        fill(held.parameter, **entry.args)
    except TORCH_COMPLAINTS as error:
        shape = " x ".join(map(str, held.parameter.shape))
        text = f"{entry.name} cannot start {held.name} of {owner}, which is {shape} (torch: {first_line(error)})"
        raise fail(text, error) from error
