"""Which layers a line of ``weights`` means."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from repro.spec.experiment import WeightRule
from repro.spec.part import Layer
from repro.spec.problem import Problem
from repro.spec.spec import Spec

if TYPE_CHECKING:
    from repro.models.builders.build_context import BuiltLayer

LINEAR = frozenset({"Linear"})
CONV = frozenset(f"Conv{transposed}{d}d" for transposed in ("", "Transpose") for d in (1, 2, 3))
RECURRENT = frozenset({"RNN", "GRU", "LSTM"})
WEIGHTED = LINEAR | CONV | RECURRENT
"""What ``all``, or the name of a list or model, means by its layers with weights."""


def selects(selector: str, layer: Layer, within: Sequence[str] = ()) -> bool:
    """Whether a selector names this layer.

    ``all`` | a class (``Linear``, ``SparseConv2d``) | a layer's name | the name of a list, model, Residual or Repeat
    that it stands in | any of these behind lists, from outside in (``alexnet.Linear``, ``deepbeat.encoder.Conv1d``).

    Args:
        selector: of one line of ``weights``.
        layer: a layer; one inside a Residual or Repeat counts by itself.
        within: names of the Residuals and Repeats around it.

    >>> layer = Layer(name="Linear", label="fc1", lists=("alexnet", "head"))
    >>> [selects(s, layer) for s in ("all", "Linear", "fc1", "head", "alexnet.Linear", "alexnet.head.fc1", "audionet")]
    [True, True, True, True, True, True, False]

    """
    around = [*layer.lists, *within]
    *outer, last = selector.split(".")
    for name in outer:
        if name not in around:
            return False
        around = around[around.index(name) + 1 :]
    return last == "all" or last in (layer.short, layer.label) or last in around


def by_itself(selector: str, layer: Layer) -> bool:
    """Whether the selector names the layer by its class or name, and not by ``all`` or by a list that holds it."""
    return selector.rpartition(".")[2] in (layer.short, layer.label)


def chosen(rule: WeightRule, steps: Iterable["BuiltLayer"]) -> list["BuiltLayer"]:
    """The steps that a rule's selector names, in order."""
    return [step for step in steps if selects(rule.selector, step.layer, step.within)]


def unmatched(spec: Spec) -> list[Problem]:
    """Lines of ``weights`` that name no layer of any experiment's model, each at its place.

    A line may be meant for one model among several, so one experiment alone cannot tell.
    """
    rules: dict[str, WeightRule] = {}
    for experiment in spec.experiments.values():
        rules.update({str((rule.place, rule.selector)): rule for rule in experiment.weights})
    layers = [
        pair
        for experiment in spec.experiments.values()
        if experiment.model is not None
        for block in experiment.model.blocks
        for pair in _flat(block.layers, ())
    ]
    return [
        Problem(rule.place, f"weights.{rule.selector}", f"{rule.selector!r} names no layer, class, list or model here")
        for rule in rules.values()
        if layers and not any(selects(rule.selector, layer, within) for layer, within in layers)
    ]


def _flat(layers: Iterable[Layer], within: tuple[str, ...]) -> Iterable[tuple[Layer, tuple[str, ...]]]:
    for layer in layers:
        yield layer, within
        inner = (*within, layer.label) if layer.label else within
        yield from _flat((*layer.layers, *layer.shortcut), inner)
