"""`optimizer`, `scheduler`, `loss` and `loss_weights`: what is minimised, and how."""

from typing import Literal, cast

from repro.spec.entries import read_entry
from repro.spec.experiment import Label, Scheduler
from repro.spec.part import Entry
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind
from repro.spec.scalars import is_own_name
from repro.spec.tree import ListNode, MapNode, Node

WORDS_OF_A_SCHEDULER = ("every", "watch")


def read_optimizer(node: Node | None, reading: Reading) -> Entry | None:
    """The optimizer, None for none."""
    if is_none(node):
        return None
    assert node is not None
    return read_entry(_single(node), "optimizer", key="optimizer", folder=reading.folder, problems=reading.problems)


def read_scheduler(node: Node | None, reading: Reading) -> Scheduler | None:
    """The learning-rate schedule, None for none. ``every`` and ``watch`` are words of ours among its arguments.

    ``watch`` stays as written here; :mod:`repro.spec.check_training` holds it against the metrics.
    """
    if is_none(node):
        return None
    assert node is not None
    node = _single(node)
    words: dict[str, Node] = {}
    rest = node
    if isinstance(node, MapNode) and len(node) == 1:
        name, args = next(iter(node.items()))
        if isinstance(args, MapNode):
            words = {str(k): v for k, v in args.items() if k in WORDS_OF_A_SCHEDULER}
            remaining = MapNode([(k, v) for k, v in args.items() if k not in words], args.place)
            rest = MapNode({name: remaining}, node.place) if remaining else name
    entry = read_entry(rest, "scheduler", key="scheduler", folder=reading.folder, problems=reading.problems)
    key = f"scheduler.{entry.short}" if entry is not None else "scheduler"
    every = reading.word(words["every"], f"{key}.every", ("step", "epoch")) if "every" in words else None
    watch = reading.text(words["watch"], f"{key}.watch") if "watch" in words else None
    if entry is None:
        return None
    if "every" not in words:
        reading.say(entry.place, f"{key}.every", "is missing; a scheduler says `every: step` or `every: epoch`")
    if entry.name == "ReduceLROnPlateau" and "watch" not in words:
        reading.say(
            entry.place,
            f"{key}.watch",
            "is missing; ReduceLROnPlateau says what it watches, such as watch: validation/loss",
        )
    if entry.name != "ReduceLROnPlateau" and entry.own is None and "watch" in words:
        reading.say(words["watch"], f"{key}.watch", f"{entry.name} watches nothing; only ReduceLROnPlateau does")
        return None
    if every is None:
        return None
    return Scheduler(place=entry.place, entry=entry, every=cast(Literal["step", "epoch"], every), watch=watch)


def read_losses(node: Node | None, labels: dict[str, Label] | None, reading: Reading) -> dict[str, Entry]:
    """The loss of each label; ``labels`` is None when they could not be read, and then no name is held against them."""
    if is_none(node):
        return {}
    assert node is not None
    node = _single(node)
    if isinstance(node, MapNode) and node and all(is_own_name(k) for k in node):
        losses = {}
        for name, loss_node in node.items():
            if labels is not None and name not in labels:
                reading.say(name, f"loss.{name}", unknown("label", name, labels))
            elif (loss := _loss(loss_node, f"loss.{name}", reading)) is not None:
                losses[str(name)] = loss
        for label in labels or ():
            if label not in node:
                reading.say(node, "loss", f"no loss for the label {label!r}")
        return losses
    loss = _loss(node, "loss", reading)
    return {} if loss is None else dict.fromkeys(labels or (), loss)


def _loss(node: Node, key: str, reading: Reading) -> Entry | None:
    return read_entry(node, "loss", key=key, folder=reading.folder, problems=reading.problems)


def read_loss_weights(node: Node | None, labels: dict[str, Label] | None, reading: Reading) -> dict[str, float]:
    """How much each label's loss counts."""
    if is_none(node):
        return {}
    assert node is not None
    if not isinstance(node, MapNode):
        reading.say(node, "loss_weights", f"expected {{LABEL: number}}, got {kind(node)}")
        return {}
    weights = {}
    for name, weight_node in node.items():
        if labels is not None and name not in labels:
            reading.say(name, f"loss_weights.{name}", unknown("label", name, labels))
        elif (weight := reading.number(weight_node, f"loss_weights.{name}", least=0)) is not None:
            weights[str(name)] = weight
    return weights


def _single(node: Node) -> Node:
    return node[0] if isinstance(node, ListNode) and len(node) == 1 else node
