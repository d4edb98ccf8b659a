"""`weights`: how layers start, what is added to the objective for them, and what bounds them."""

from collections.abc import Sequence
from typing import Any

from repro.spec.entries import read_entry
from repro.spec.experiment import Model, WeightRule
from repro.spec.keywords import WEIGHT_KEYS, WEIGHT_KEYS_LATER
from repro.spec.layers import every
from repro.spec.part import Entry
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind
from repro.spec.scalars import number
from repro.spec.tree import ListNode, MapNode, Node, TextNode


def read_weights(node: Node | None, models: Sequence[Model] | None, reading: Reading) -> tuple[WeightRule, ...]:
    """The rules, from top to bottom.

    Args:
        node: what stands under ``weights``.
        models: every model of the experiment's `architecture`, which selectors must name something of; None to
            leave that out.
        reading: where problems go.

    """
    if is_none(node):
        return ()
    if not isinstance(node, MapNode):
        assert node is not None
        reading.say(node, "weights", f"expected {{all: {{weight: ..., bias: ...}}}}, got {kind(node)}")
        return ()
    known = None if models is None else _names(models)
    rules = []
    for selector, rule_node in node.items():
        key = f"weights.{selector}"
        if known is not None:
            _check_selector(selector, key, known, reading)
        fields = reading.block(
            rule_node, key, WEIGHT_KEYS, later=WEIGHT_KEYS_LATER, example="{weight: xavier_uniform_, bias: 0}"
        )
        if fields is None:
            continue
        words: dict[str, Any] = {}
        for name in ("weight", "bias"):
            if name in fields:
                words[name] = _start(fields[name], f"{key}.{name}", reading)
        for name in ("l1", "l2", "lr_times"):
            if name in fields:
                words[name] = reading.number(fields[name], f"{key}.{name}", least=0)
        if "max_norm" in fields:
            words["max_norm"] = reading.number(fields["max_norm"], f"{key}.max_norm", above=0)
        if "freeze" in fields:
            words["freeze"] = reading.truth(fields["freeze"], f"{key}.freeze")
        if fields:
            rules.append(WeightRule(place=selector.place, selector=str(selector), **words))
    return tuple(rules)


def _start(node: Node, key: str, reading: Reading) -> Entry | float | None:
    """An initialisation, or a constant."""
    if isinstance(node, TextNode) and (node[:1].isdigit() or node[:1] in "+-."):
        try:
            return number(node)
        except ValueError as error:
            reading.say(node, key, str(error))
            return None
    if isinstance(node, ListNode):
        reading.say(node, key, f"expected an initialisation such as xavier_uniform_, or a number, got {kind(node)}")
        return None
    return read_entry(node, "init", key=key, folder=reading.folder, problems=reading.problems)


def _names(models: Sequence[Model]) -> dict[str, set[str]]:
    """What selectors may name: each model or named list, and all that stands in it."""
    inside: dict[str, set[str]] = {"": set()}
    for model in models:
        inside.setdefault(model.name, set())
        for block in model.blocks:
            for layer in every(block.layers):
                names = {layer.short, *layer.lists} | ({layer.label} if layer.label else set())
                inside[""] |= names
                for list_name in layer.lists:
                    inside.setdefault(list_name, set()).update(names - {list_name})
    inside[""] |= set(inside) - {""}
    return inside


def _check_selector(selector: TextNode, key: str, known: dict[str, set[str]], reading: Reading) -> None:
    if selector == "all":
        return
    where = ""
    for step in selector.split("."):
        names = known.get(where, known[""]) if where else known[""]
        if step == "all" and where:
            continue
        if step not in names:
            inside = f" in {where!r}" if where else ""
            reading.say(selector, key, f"{unknown('layer, class or model', step, [*names, 'all'])}{inside}")
            return
        where = step
