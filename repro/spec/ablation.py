"""What an experiment that is `like` another changes, in a few words: "without BatchNorm2d", "Adam.lr 1e-4"."""

from collections import Counter
from collections.abc import Iterable

from repro.spec.dump import flow
from repro.spec.experiment import Experiment, Model
from repro.spec.layers import every
from repro.spec.overrides import Change
from repro.spec.reading import is_none
from repro.spec.tree import MapNode, Node

LONGEST = 60
"""Characters of a value that are shown."""


def described(changes: Iterable[Change], experiment: Experiment, parent: Experiment) -> tuple[str, ...]:
    """Each change in a few words; changes of the net by the layers that went or came, where that is all."""
    layers = _layers_changed(experiment.model, parent.model)
    texts = []
    for change in changes:
        of_net = change.steps[0] in ("model", "architecture")
        texts.append(layers if of_net and layers else _text(change))
    return tuple(dict.fromkeys(texts))


def _layers_changed(model: Model | None, parent: Model | None) -> str:
    """``without BatchNorm2d``, or ``with Dropout``; empty where layers were exchanged or only their arguments."""
    if model is None or parent is None or model.is_estimator or parent.is_estimator:
        return ""
    own_layers, parent_layers = (
        Counter(layer.short for block in m.blocks for layer in every(block.layers)) for m in (model, parent)
    )
    gone, new = parent_layers - own_layers, own_layers - parent_layers
    if bool(gone) == bool(new):
        return ""
    word, names = ("without", gone) if gone else ("with", new)
    return (
        f"{word} {', '.join(_counted(name, n, parent_layers[name]) for name, n in (gone or new).items())}"
        if names
        else ""
    )


def _layers(model: Model) -> Counter[str]:
    return Counter(layer.short for block in model.blocks for layer in every(block.layers))


def _counted(name: str, number: int, before: int) -> str:
    """A layer, with how many of several went."""
    return name if number in (1, before) else f"{number} {name}"


def _text(change: Change) -> str:
    name = ".".join(change.steps[-2:])
    if is_none(change.value):
        return f"without {change.steps[-1]}"
    value = _value(change.value)
    return f"{name} {value if len(value) <= LONGEST else value[: LONGEST - 1] + '…'}"


def _value(node: Node) -> str:
    """A class with its arguments as ``AvgPool2d (kernel_size 2)``, a block without reasons, else as it is written."""
    if not isinstance(node, MapNode):
        return flow(node)
    if len(node) == 1 and str(next(iter(node)))[:1].isupper():
        name, args = next(iter(node.items()))
        words = (
            [f"{k} {flow(v)}" for k, v in args.items() if k != "name"] if isinstance(args, MapNode) else [flow(args)]
        )
        return f"{name} ({', '.join(words)})" if words else str(name)
    return flow(MapNode([(k, v) for k, v in node.items() if k != "why"], node.place))
