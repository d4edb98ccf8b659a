"""Read ``weights`` from top to bottom, later lines winning field by field, and do to each layer what is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from repro.models.builders.build_context import BuiltLayer
from repro.models.weights.initialize import initialize as start_parameter
from repro.models.weights.layer_parameters import LayerParameter, is_weighted, parameters_of
from repro.models.weights.select import by_itself, selects
from repro.models.weights.weight_control import WeightControl
from repro.spec.experiment import WeightRule
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError

_OF_WEIGHTS = ("weight", "bias", "l1", "l2", "max_norm")
_OF_ALL = ("freeze", "lr_times")


@dataclass
class _LayerRules:
    """What holds for one layer: each field with the line that said it."""

    value: dict[str, Any] = field(default_factory=dict)
    by: dict[str, WeightRule] = field(default_factory=dict)


def apply_weights(
    rules: Sequence[WeightRule], network: nn.Module, steps: Sequence[BuiltLayer], *, initialize: bool
) -> WeightControl:
    """Apply the lines of ``weights`` to the layers they name; a line that names no layer of this network does nothing.

    For ``weight``, ``bias``, ``l1``, ``l2`` and ``max_norm``, ``all`` and the name of a list, model, Residual or Repeat
    mean the Linear, convolutional and recurrent layers there, and own code that says its ``fan_in``
    (:func:`repro.models.weights.layer_parameters.is_weighted`); a class or a layer's own name means that layer whatever
    it is. ``freeze`` and ``lr_times`` of a list mean every parameter in it. Penalties and bounds leave biases alone.

    Args:
        rules: from top to bottom.
        network: whose layers they are.
        steps: its layers, in the order in which start values are drawn.
        initialize: False leaves the start values as they are.

    Errors:
        SpecError at the line of a rule that cannot be done.

    """
    applied = WeightControl()
    for step in steps:
        if step.layer.own and callable(getattr(step.module, "penalty", None)):
            applied.penalties.append(step.module)
        if step.layer.layers or step.module is None:
            continue  # its inner layers come by themselves
        layer_rules = _said(rules, step)
        if layer_rules.value:
            _apply(applied, step, layer_rules, initialize)
    return applied


def _said(rules: Sequence[WeightRule], step: BuiltLayer) -> _LayerRules:
    layer_rules = _LayerRules()
    weighted = is_weighted(step)
    for rule in rules:
        if not selects(rule.selector, step.layer, step.within):
            continue
        fields = _OF_WEIGHTS if weighted or by_itself(rule.selector, step.layer) else ()
        if weighted or rule.selector != "all":
            fields = (*fields, *_OF_ALL)
        for name in fields:
            value = getattr(rule, name)
            if value is not None:
                layer_rules.value[name], layer_rules.by[name] = value, rule
    return layer_rules


def _apply(applied: WeightControl, step: BuiltLayer, layer_rules: _LayerRules, initialize: bool) -> None:
    assert step.module is not None
    for name in layer_rules.value:
        own_unsaid = by_itself(layer_rules.by[name].selector, step.layer)
        held = [h for h in parameters_of(step, all_of_own=own_unsaid or name in _OF_ALL) if _concerns(name, h)]
        problem = Problem(layer_rules.by[name].place, f"weights.{layer_rules.by[name].selector}.{name}", "")
        if not held and own_unsaid and name != "bias":
            raise SpecError([Problem(problem.place, problem.key, f"{step.layer.short} has no {_what(name)}")])
        if held:
            _do(applied, name, layer_rules.value[name], held, step, problem, initialize)


def _do(
    applied: WeightControl,
    name: str,
    value: Any,
    held: list[LayerParameter],
    step: BuiltLayer,
    problem: Problem,
    initialize: bool,
) -> None:
    if name in ("weight", "bias"):
        if initialize:
            for each in held:
                start_parameter(each, _entry(value), problem)
    elif name in ("l1", "l2"):
        getattr(applied, name).extend((value, each) for each in held if value)
    elif name == "max_norm":
        _bound(applied, value, held, problem)
    elif name == "lr_times":
        applied.times.extend((value, each) for each in held)
    elif value and step.module is not None:
        step.module.requires_grad_(False)
        applied.frozen.append(step.module)


def _bound(applied: WeightControl, value: float, held: list[LayerParameter], problem: Problem) -> None:
    for each in held:
        if callable(getattr(each.owner, "max_norm_", None)):
            if not any(module is each.owner for _, module in applied.own_bounds):
                applied.own_bounds.append((value, each.owner))
        elif hasattr(each.owner, "fan_in") or each.parameter.ndim < 2:
            text = (
                f"nobody knows what a unit of {type(each.owner).__name__} is; give the class a method max_norm_(bound)"
            )
            raise SpecError([Problem(problem.place, problem.key, text)])
        else:
            applied.bounds.append((value, each))


def _entry(value: Any) -> Entry | float:
    return value if isinstance(value, Entry) else float(value)


def _concerns(name: str, held: LayerParameter) -> bool:
    if name in _OF_ALL:
        return True
    return held.role == ("bias" if name == "bias" else "weight")


def _what(name: str) -> str:
    return "parameters" if name in _OF_ALL else "weights"
