"""A change is `path: new value`, made on the tree. Experiments, rungs and the command line all go through here.

A path is what one reads in the file from outside in. In a list an item goes by its `name`, or by its class if the
list holds that once; own code goes by its class alone. The value replaces what stood there, whole; `none` takes it
away. Nothing is changed in place: a change gives a new tree that shares all that it did not touch.
"""

import re
from dataclasses import dataclass

from repro.spec.foreign_names import hint
from repro.spec.keywords import OF_AN_EXPERIMENT, ORDER
from repro.spec.place import Place
from repro.spec.problem import unknown
from repro.spec.reading import is_none, kind
from repro.spec.scalars import shown
from repro.spec.tree import ListNode, MapNode, Node, TextNode

_CLASS = re.compile(r"[A-Z]\w*")
_MAY_START = frozenset({"training", "splits", "dataset", "weights", "tune", "sources", "loss_weights", "evaluation"})


class CannotChange(Exception):
    """A change found nothing to land on; the message says why and what to write."""


@dataclass(frozen=True)
class Change:
    """One change: where it stands, its path and its new value."""

    path: TextNode
    value: Node

    @property
    def place(self) -> Place:
        """Where the change stands."""
        return self.path.place

    @property
    def steps(self) -> tuple[str, ...]:
        """The path, step by step."""
        return tuple(self.path.split("."))


def check_path(path: str) -> None:
    """Say what is wrong with a path before any tree is looked at.

    Raises:
        CannotChange: it is no path, or starts with a word that no change may touch.

    """
    if ".py:" in path:
        own = re.sub(r"(?<![\w-])[\w-]+\.py:", "", path)
        raise CannotChange(f"own code goes by its class alone in a path; write {own}")
    steps = path.split(".")
    if "" in steps:
        raise CannotChange(f"{shown(path)} is no path; write words joined by single dots, such as training.steps")
    first = steps[0]
    if first not in OF_AN_EXPERIMENT:
        if first in ORDER:
            raise CannotChange(f"a change cannot touch {first!r}; it holds for the whole study")
        raise CannotChange(unknown("word", first, OF_AN_EXPERIMENT))


def apply(tree: MapNode, change: Change) -> MapNode:
    """Make one change.

    Raises:
        CannotChange: there is nothing at this path.

    """
    check_path(change.path)
    steps = change.steps
    if str(change.path) == "splits.only" and find(tree, "splits.folds") is None:
        raise CannotChange("splits.only chooses folds, and there are none")
    if len(steps) == 1:
        _refuse_merge(steps[0], tree.get(TextNode(steps[0])), change.value)
    changed = _into(tree, steps, 0, change)
    if not isinstance(changed, MapNode):
        raise CannotChange("this would take everything away")
    if len(steps) == 2 and steps[0] == "training" and steps[1] in ("steps", "epochs") and not is_none(change.value):
        changed = _drop(changed, "training", "epochs" if steps[1] == "steps" else "steps")
    return changed


def find(tree: Node, path: str) -> Node | None:
    """What stands at a path, or None."""
    steps = tuple(path.split("."))
    node: Node | None = tree
    for at, step in enumerate(steps):
        if isinstance(node, MapNode):
            joined = _key(node, ".".join(steps[at:]))
            if joined is not None:
                return node[joined]
        node = _child(node, step)
        if node is None:
            return None
    return node


def _child(node: Node | None, step: str) -> Node | None:
    if isinstance(node, MapNode):
        key = _key(node, step)
        return None if key is None else node[key]
    if isinstance(node, ListNode):
        matches = [item for item in node if item_goes_by(item, step)]
        return _inside(matches[0]) if len(matches) == 1 else None
    if isinstance(node, TextNode) and (node == step or node.endswith(f":{step}")):
        return node  # a class without arguments
    return None


def _inside(item: Node) -> Node:
    """The arguments of a list's item, or the item where it has none."""
    return next(iter(item.values())) if isinstance(item, MapNode) and len(item) == 1 else item


def _refuse_merge(word: str, old: Node | None, value: Node) -> None:
    """A value replaces the whole; one that gives only a part is surely meant to change just that."""
    if not isinstance(value, MapNode) or not value or not isinstance(old, MapNode):
        return
    first = next(iter(value))
    if word == "training":
        complete = "batch_size" in value and ("steps" in value or "epochs" in value)
        partial = not complete and "batch_size" in old
    elif word == "dataset":
        partial = not {"name", "folder", "mirdata", "torchaudio"} & set(value)
    elif word in ("optimizer", "scheduler"):
        partial = not any(_CLASS.fullmatch(_short(k)) for k in value) and len(old) == 1
        first = TextNode(f"{_short(next(iter(old)))}.{first}")
    else:
        partial = False
    if partial:
        raise CannotChange(f"the value replaces all of {word}; to change one field write {word}.{first}: ...")


def _into(node: Node, steps: tuple[str, ...], at: int, change: Change) -> Node | None:
    """The node with the change made below it; None when the change takes it away."""
    if at == len(steps):
        return None if is_none(change.value) else change.value
    node = _opened(node, steps, at)
    if isinstance(node, MapNode):
        return _into_block(node, steps, at, change)
    if isinstance(node, ListNode):
        return _into_items(node, steps, at, change)
    raise CannotChange(f"{_path(steps, at)} is {kind(node)}; there is nothing inside it to change")


def _opened(node: Node, steps: tuple[str, ...], at: int) -> Node:
    """A short form written out, so that there is something to step into."""
    if not isinstance(node, TextNode):
        return node
    if at == 1 and steps[0] == "dataset":
        return MapNode({TextNode("name", node.place): node}, node.place)
    if at == 1 and steps[0] == "splits" and node == "official":
        return MapNode({TextNode("from", node.place): node}, node.place)
    if _short(node) == steps[at] and _CLASS.fullmatch(steps[at]):
        return MapNode({node: MapNode({}, node.place)}, node.place)
    return node


def _into_block(node: MapNode, steps: tuple[str, ...], at: int, change: Change) -> Node | None:
    step = steps[at]
    whole_rest = _key(node, ".".join(steps[at:]))
    if whole_rest is not None and at + 1 < len(steps):  # a key that is itself a path, as in sources
        return _replaced(node, whole_rest, None if is_none(change.value) else change.value, change, at)
    key = _key(node, step)
    if key is None:
        return _created(node, steps, at, change)
    below = node[key]
    if isinstance(below, TextNode) and at + 1 < len(steps) and _CLASS.fullmatch(step) and not _CLASS.fullmatch(below):
        raise CannotChange(f"{_path(steps, at + 1)} is {kind(below)}; arguments are given by name")
    return _replaced(node, key, _into(below, steps, at + 1, change), change, at)


def _replaced(node: MapNode, key: TextNode, value: Node | None, change: Change, depth: int) -> MapNode | None:
    """The block with another value at ``key``.

    The new key stands where the change stands, and so does the block, as what is wrong with it now is the change's
    doing. Only the top keeps its place, unless a word of it is taken away.
    """
    pairs: list[tuple[TextNode, Node]] = []
    for k, v in node.items():
        if k != key:
            pairs.append((k, v))
        elif value is not None:
            pairs.append((TextNode(k, change.place, quoted=k.quoted) if value is change.value else k, value))
    return MapNode(pairs, change.place if depth or value is None else node.place)


def _created(node: MapNode, steps: tuple[str, ...], at: int, change: Change) -> MapNode:
    """The block with a new key, where the format has room for one."""
    step, here, last = steps[at], _path(steps, at), at + 1 == len(steps)
    if is_none(change.value):
        raise CannotChange(f"there is no {_path(steps, at + 1)} to take away{_nearest(step, node)}")
    if _CLASS.fullmatch(step) and not (steps[0] == "weights" and at == 1):
        has = ", ".join(_short(k) for k in node if _CLASS.fullmatch(_short(k)))
        raise CannotChange(f"{here or 'the spec'} has {has or 'no class'} here, not {step}{_nearest(step, node)}")
    if at == 0 and not last and step not in _MAY_START:
        raise CannotChange(f"there is no {step} in this experiment")
    if at >= 1 and not last and not (at == 1 and steps[0] in ("weights", "tune", "sources")):
        raise CannotChange(f"there is no {step!r} in {here}{_nearest(step, node)}")
    if steps[0] == "optimizer" and at == 1 and len(node) == 1 and _CLASS.fullmatch(_short(next(iter(node)))):
        inside = f"optimizer.{_short(next(iter(node)))}.{step}"
        raise CannotChange(f"there is no {step!r} in optimizer; did you mean {inside}?")
    if steps[0] in ("architecture",) and at >= 2 and "layers" in node and step not in ("from", "layers", "estimator"):
        inside = f"{here}.layers.{'.'.join(steps[at:])}"
        raise CannotChange(f"there is no {step!r} in {here}; the layers are one step further in, as in {inside}")
    value = change.value
    for name in reversed(steps[at + 1 :]):
        value = MapNode({TextNode(name, change.place): value}, change.place)
    return MapNode([*node.items(), (TextNode(step, change.place), value)], change.place if at else node.place)


def _into_items(node: ListNode, steps: tuple[str, ...], at: int, change: Change) -> ListNode | Node | None:
    step, here = steps[at], _path(steps, at)
    if step.isdecimal():
        raise CannotChange(f"an item of {here} goes by its name or its class, never by number")
    positions = [n for n, item in enumerate(node) if item_goes_by(item, step)]
    if not positions:
        names = [n for item in node for n in names_of(item)]
        hint = _nearest_of(step, names)
        if step == "layers" and at + 1 < len(steps):
            raise CannotChange(f"{here} is a plain list; write {here}.{'.'.join(steps[at + 1 :])}")
        if step == "from" and steps[0] == "architecture":
            raise CannotChange(
                f"{here} is a plain list of layers; let the base write it as {{from: ..., layers: [...]}}"
            )
        insert = "; to insert, let the base hold Identity: {name: ...}" if not hint else ""
        raise CannotChange(f"there is no {step!r} in {here}{hint}{insert}")
    if len(positions) > 1:
        raise CannotChange(f"{here} holds {len(positions)} items {step}; give the one you mean a `name`")
    at_item = positions[0]
    item = node[at_item]
    if at + 1 == len(steps):
        value = None if is_none(change.value) else change.value
    else:
        value = _into_item(item, steps, at + 1, change)
    items = [*node[:at_item], *([] if value is None else [value]), *node[at_item + 1 :]]
    return ListNode(items, node.place)


def _into_item(item: Node, steps: tuple[str, ...], at: int, change: Change) -> Node:
    """Change an argument of a list's item; the step to the item stands for its class too."""
    if isinstance(item, TextNode):
        if not _CLASS.fullmatch(_short(item)):
            raise CannotChange(f"{_path(steps, at)} stands for the named list beside it; change that one")
        item = MapNode({item: MapNode({}, item.place)}, item.place)
    if not isinstance(item, MapNode) or len(item) != 1:
        raise CannotChange(f"{_path(steps, at)} is {kind(item)}; there is nothing inside it to change")
    key, args = next(iter(item.items()))
    if _CLASS.fullmatch(steps[at]) and steps[at] == _short(key):
        raise CannotChange(f"leave {steps[at]} out of the path: the name already stands for the layer")
    changed = _into(args, steps, at, change)
    return MapNode({key: MapNode({}, item.place) if changed is None else changed}, item.place)


def names_of(item: Node) -> list[str]:
    """What an item of a list goes by: its `name` and its class."""
    if isinstance(item, TextNode):
        return [_short(item)]
    if isinstance(item, MapNode) and len(item) == 1:
        key, args = next(iter(item.items()))
        name = args.get(TextNode("name")) if isinstance(args, MapNode) else None
        return ([str(name)] if isinstance(name, TextNode) else []) + [_short(key)]
    return []


def item_goes_by(item: Node, step: str) -> bool:
    """True when this is the item's `name` or its class."""
    return step in names_of(item)


def _key(node: MapNode, step: str) -> TextNode | None:
    """The block's key for a step: itself, or own code by its class."""
    return next((k for k in node if k == step), None) or next(
        (k for k in node if ".py:" in k and _short(k) == step), None
    )


def _short(name: str) -> str:
    return str(name).rpartition(":")[2]


def _drop(tree: MapNode, word: str, name: str) -> MapNode:
    inner = tree.get(TextNode(word))
    if not isinstance(inner, MapNode) or name not in inner:
        return tree
    remaining = MapNode([(k, v) for k, v in inner.items() if k != name], inner.place)
    return MapNode([(k, remaining if k == word else v) for k, v in tree.items()], tree.place)


def _path(steps: tuple[str, ...], at: int) -> str:
    return ".".join(steps[:at])


def _nearest(step: str, node: MapNode) -> str:
    return _nearest_of(step, [_short(k) for k in node])


def _nearest_of(step: str, names: list[str]) -> str:
    message = unknown("", step, names)
    _, separator, near = message.partition("; did you mean ")
    elsewhere = None if separator else hint(step, "word")
    return f"; did you mean {near}" if separator else f"; {elsewhere}" if elsewhere else ""
