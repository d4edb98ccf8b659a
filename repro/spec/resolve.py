"""Experiments from a base and changes: base, `like`, the experiment's own, the rung's, the command line's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from repro.spec.keywords import EXPERIMENT_KEYS, OF_AN_EXPERIMENT
from repro.spec.overrides import CannotChange, Change, apply, check_path
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError, unknown
from repro.spec.reading import Reading, kind
from repro.spec.scalars import own_name
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.unsupported import refuse_change
from repro.spec.yaml import read_value

COMMAND_LINE = Place("command line")
"""The place of what was given on the command line."""


@dataclass(frozen=True)
class Named:
    """One experiment as a tree: the base's words with all changes made.

    ``landed`` are the paths of the rung's and the command line's changes that took hold here; ``like`` is the
    experiment that it starts from, and ``changes`` its own.
    """

    name: TextNode
    tree: MapNode
    title: Node | None = None
    not_run: Node | None = None
    landed: tuple[str, ...] = ()
    like: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class RungTree:
    """A rung as written: its changes, and to which experiments they are limited (empty: all)."""

    name: str
    place: Place
    only: tuple[str, ...]
    changes: tuple[Change, ...]


def base_of(tree: MapNode) -> MapNode:
    """The words of the file that belong to an experiment."""
    return MapNode([(k, v) for k, v in tree.items() if k in OF_AN_EXPERIMENT], tree.place)


def read_change(argument: str) -> Change:
    """A change as given on the command line, ``path=value``; the value is YAML.

    Raises:
        SpecError: it is none.

    >>> read_change("optimizer.Adam.lr=1e-3").path
    'optimizer.Adam.lr'

    """
    path, equals, value = argument.partition("=")
    path = path.strip()
    if not equals or not path:
        text = "a change is written path=value, such as training.steps=300"
        raise SpecError([Problem(COMMAND_LINE, argument.strip() or "''", text)])
    if not value.strip():
        raise SpecError([Problem(COMMAND_LINE, path, "has no value; write `none` to take it away")])
    try:
        node = read_value(value, str(COMMAND_LINE))
    except SpecError as error:
        raise SpecError([replace(p, place=COMMAND_LINE, key=path) for p in error.problems]) from None
    return Change(TextNode(path, COMMAND_LINE), _placed(node, COMMAND_LINE))


def _placed(node: Node, place: Place) -> Node:
    """The same node, all of it at one place."""
    if isinstance(node, TextNode):
        return TextNode(node, place, quoted=node.quoted)
    if isinstance(node, ListNode):
        return ListNode([_placed(n, place) for n in node], place)
    return MapNode([(TextNode(k, place, quoted=k.quoted), _placed(v, place)) for k, v in node.items()], place)


def experiments_of(tree: MapNode, reading: Reading) -> list[Named]:
    """All experiments of the file, before any rung; those that cannot be made are left out and their problems noted."""
    node = tree.get(TextNode("experiments"))
    if node is None:
        return []
    if not isinstance(node, MapNode) or not node:
        reading.say(node, "experiments", f"expected `name: {{changes}}` pairs, got {kind(node)}")
        return []
    base = base_of(tree)
    experiments: dict[str, Named] = {}
    names = [str(k) for k in node]
    if long := _in_a_long_row(node):
        reading.say(long, f"experiments.{long}", f"more than {MOST_LIKE} experiments are like one another in a row")
        return []
    for name in node:
        _name_ok(name, reading)
        _make(name, node, base, names, experiments, (), reading)
    return [experiments[n] for n in names if n in experiments]


def _in_a_long_row(node: MapNode) -> TextNode | None:
    """The first experiment on which more than :data:`MOST_LIKE` stand, each like the next; None where none is."""
    like = {str(name): changes.get(TextNode("like")) for name, changes in node.items() if isinstance(changes, MapNode)}
    for name in node:
        at: Node | None = name
        for _ in range(MOST_LIKE + 1):
            at = like.get(str(at)) if isinstance(at, TextNode) else None
            if at is None or at == name:
                break
        else:
            if len(set(_row(name, like))) > MOST_LIKE:
                return name
    return None


def _row(name: TextNode, like: "dict[str, Node | None]") -> list[str]:
    """The names of an experiment and of those that it is like, one after the other."""
    row: list[str] = []
    at: Node | None = name
    while isinstance(at, TextNode) and len(row) <= MOST_LIKE:
        row.append(str(at))
        at = like.get(str(at))
    return row


def _name_ok(name: TextNode, reading: Reading) -> None:
    try:
        own_name(name)
    except ValueError as error:
        hint = "; its printed name goes under `title`" if name != "none" else ""
        reading.say(name, f"experiments.{name}", f"{error}{hint}")


MOST_LIKE = 50
"""Experiments in a row of which each is like the next."""


def _make(
    name: TextNode,
    node: MapNode,
    base: MapNode,
    names: list[str],
    experiments: dict[str, Named],
    above: tuple[str, ...],
    reading: Reading,
) -> Named | None:
    if name in experiments:
        return experiments[name]
    key = f"experiments.{name}"
    changes = node[name]
    if not isinstance(changes, MapNode):
        hint = f"; write {{model: {changes}}}" if isinstance(changes, TextNode) else ""
        reading.say(changes, key, f"expected changes in braces, got {kind(changes)}{hint}")
        return None
    tree = base
    like = changes.get(TextNode("like"))
    if like is not None:
        other = next((k for k in node if isinstance(like, TextNode) and k == like), None)
        if not isinstance(like, TextNode) or other is None:
            message = unknown("experiment", str(like), [n for n in names if n != name])
            reading.say(
                like, f"{key}.like", message if isinstance(like, TextNode) else f"expected a name, got {kind(like)}"
            )
            return None
        if other in above or other == name:
            if other == name or other == above[0]:
                reading.say(
                    like, f"{key}.like", f"goes round in a circle: {' -> '.join([*above, str(name), str(like)])}"
                )
            return None
        start = _make(other, node, base, names, experiments, (*above, str(name)), reading)
        if start is None:
            return None
        tree = start.tree
    for path, value in changes.items():
        if path in EXPERIMENT_KEYS or refuse_change(path, f"{key}.{path}", value, reading):
            continue
        try:
            tree = apply(tree, Change(path, value))
        except CannotChange as error:
            hint = (
                unknown("", path, EXPERIMENT_KEYS).partition("; did you mean ")[2]
                if "unknown word" in str(error)
                else ""
            )
            text = (
                f"unknown word {str(path)!r}; did you mean {hint}"
                if hint and "did you" not in str(error)
                else str(error)
            )
            reading.say(path, f"{key}.{path}", text)
    own = tuple(Change(path, value) for path, value in changes.items() if path not in EXPERIMENT_KEYS)
    words = (changes.get(TextNode("title")), changes.get(TextNode("not_run")))
    experiments[str(name)] = Named(name, tree, *words, like="" if like is None else str(like), changes=own)
    return experiments[str(name)]


def rungs_of(tree: MapNode, names: Sequence[str], reading: Reading) -> dict[str, RungTree]:
    """The file's rungs, each with its changes."""
    node = tree.get(TextNode("rungs"))
    if node is None:
        return {}
    block = reading.block(node, "rungs", None, example="{smoke: {training.steps: 300, seeds: [0]}}")
    rungs: dict[str, RungTree] = {}
    for name, rung_node in (block or {}).items():
        key = f"rungs.{name}"
        if name == "full":
            reading.say(rung_node, key, "`full` is the spec as it stands; give this rung another name")
            continue
        if not isinstance(rung_node, MapNode):
            reading.say(rung_node, key, f"expected `path: new value` pairs, got {kind(rung_node)}")
            continue
        only: tuple[str, ...] = ()
        changes = []
        for path, value in rung_node.items():
            if path == "only":
                only = reading.some_of(value, f"{key}.only", "experiment", names)
                continue
            try:
                check_path(path)
            except CannotChange as error:
                reading.say(path, f"{key}.{path}", str(error))
                continue
            changes.append(Change(path, value))
        rungs[name] = RungTree(name, rung_node.place, only, tuple(changes))
    return rungs


def with_rung(experiments: Sequence[Named], rung: RungTree, reading: Reading) -> tuple[list[Named], dict[str, int]]:
    """The experiments with the rung's changes, and in how many each change landed (at least one, or it is noted)."""
    only = rung.only or tuple(str(e.name) for e in experiments)
    return _changed(experiments, rung.changes, only, f"rungs.{rung.name}.", reading)


def with_command_line(
    experiments: Sequence[Named], changes: Sequence[Change], only: Sequence[str], reading: Reading
) -> tuple[list[Named], dict[str, int]]:
    """The experiments with the command line's changes, and in how many each landed."""
    return _changed(experiments, changes, tuple(only) or tuple(str(e.name) for e in experiments), "", reading)


def _changed(
    experiments: Sequence[Named], changes: Sequence[Change], only: tuple[str, ...], key: str, reading: Reading
) -> tuple[list[Named], dict[str, int]]:
    now = list(experiments)
    counts: dict[str, int] = {}
    for change in changes:
        landed, why = 0, ""
        for at, experiment in enumerate(now):
            if experiment.name not in only:
                continue
            try:
                tree = apply(experiment.tree, change)
            except CannotChange as error:
                why = why or str(error)
                continue
            now[at] = replace(experiment, tree=tree, landed=(*experiment.landed, str(change.path)))
            landed += experiment.not_run is None
        counts[str(change.path)] = landed
        if not landed and any(e.name in only for e in experiments):
            reading.say(change.path, f"{key}{change.path}", f"lands in no experiment: {why or 'none of them is run'}")
    return now, counts
