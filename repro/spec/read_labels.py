"""`labels`: what is to be predicted. May be left out where the data set has just one."""

from typing import Any, cast, get_args

from repro.spec.dataset_kinds import ColumnFacts, DatasetFacts, LabelFacts
from repro.spec.experiment import Kind, Label
from repro.spec.keywords import LABEL_KEYS, LABEL_KEYS_LATER
from repro.spec.place import Place
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.similar_names import composed
from repro.spec.tree import ListNode, MapNode, Node, TextNode

KINDS: tuple[str, ...] = get_args(Kind)
MOST_NUMBERED = 50
"""So many different whole numbers are taken for names of classes without being told."""


def read_labels(node: Node | None, facts: DatasetFacts | None, at: Place, reading: Reading) -> dict[str, Label] | None:
    """The labels of an experiment, exactly one today.

    Args:
        node: what stands under ``labels``, None when nothing does.
        facts: what is known about the data set, None for own code.
        at: where the data set stands, for messages when nothing is written.
        reading: where problems go.

    """
    if is_none(node):
        if facts is not None and len(facts.labels) == 1 and not facts.own_columns:
            name = next(iter(facts.labels))
            return {name: _of_facts(name, facts.labels[name], at)}
        reading.say(node or at, "labels", "is missing; write labels: {NAME: {column: ..., kind: class}}")
        return None
    assert node is not None
    if isinstance(node, ListNode) and len(node) == 1:
        node = node[0]
    if isinstance(node, ListNode):
        reading.not_yet(node, "labels", "several labels")
        return None
    if isinstance(node, TextNode):
        node = MapNode({node: MapNode({}, node.place)}, node.place)
    if len(node) != 1:
        if node:
            reading.not_yet(list(node)[1], "labels", "several labels")
        else:
            reading.say(node, "labels", f"expected a label, got {kind(node)}")
        return None
    name, label_node = next(iter(node.items()))
    if reading.name(name, f"labels.{name}") is None:
        return None
    label = _label(name, label_node, facts, reading)
    return None if label is None else {label.name: label}


def _label(name: TextNode, node: Node, facts: DatasetFacts | None, reading: Reading) -> Label | None:
    key = f"labels.{name}"
    if isinstance(node, TextNode):
        reading.say(node, key, f"expected {{column: ..., kind: class}}, got {kind(node)}")
        return None
    fields = reading.block(node, key, LABEL_KEYS, later=LABEL_KEYS_LATER, example="{column: ..., kind: class}")
    if fields is None:
        return None
    words: dict[str, Any] = {}
    column = reading.text(fields["column"], f"{key}.column") if "column" in fields else str(name)
    column = None if column is None else composed(column)
    said_kind = reading.word(fields["kind"], f"{key}.kind", KINDS) if "kind" in fields else None
    known: LabelFacts | None = None
    if facts is not None:
        known = next((f for n, f in facts.labels.items() if column in (n, f.column)), None)
        if known is None and said_kind != "input":
            at = fields.get("column", name)
            names = [*facts.labels]
            message = unknown(f"label of {facts.name}", str(column), names)
            reading.say(
                at, key, message if "did you mean" in message or len(names) > 1 else f"{message}; it has {names[0]!r}"
            )
            return None
        own = facts.own_columns.get(known.column) if known is not None else None
        if own is not None and not _own_column(name, fields, own, said_kind, reading):
            return None
        if known is not None and own is None and said_kind is not None and said_kind != known.kind:
            reading.say(
                fields["kind"],
                f"{key}.kind",
                f"{known.column!r} of {facts.name} is of kind {known.kind}, not {said_kind}",
            )
            return None
    if "kind" in fields and said_kind is None:
        return None
    the_kind = said_kind or (known.kind if known else "class")
    classes = _classes(fields.get("classes"), known, f"{key}.classes", the_kind, reading)
    if facts is not None and facts.own_columns and "classes" not in fields:
        classes = None  # what a study is must not depend on whether the data are here
    if "positive" in fields:
        words["positive"] = _positive(fields["positive"], classes, the_kind, f"{key}.positive", reading)
    unit = reading.text(fields["unit"], f"{key}.unit") if "unit" in fields else (known.unit if known else None)
    if "standardize" in fields:
        words["standardize"] = bool(reading.truth(fields["standardize"], f"{key}.standardize"))
        if words["standardize"] and the_kind in ("class", "many"):
            reading.say(
                fields["standardize"], f"{key}.standardize", "only numbers are standardized, and this label is a class"
            )
    return Label(
        place=name.place,
        name=str(name),
        column=known.column if known else str(column),
        kind=cast(Kind, the_kind),
        classes=classes,
        unit=unit,
        **words,
    )


def _own_column(
    name: TextNode, fields: dict[str, Node], own: ColumnFacts, said_kind: str | None, reading: Reading
) -> bool:
    """Whether a column of someone's own data can be this label; else a problem is noted, with the cell's own line."""
    key, at = f"labels.{name}", fields.get("column", name)
    if own.empty:
        empty = f"{own.empty} empty cell{'s' * (own.empty > 1)}, the first at {own.first_empty}"
        text = f"items without a label; column {own.name!r} has {empty}"
        reading.not_yet(at, key, text)
    elif said_kind == "number" and own.not_number:
        reading.say(fields["kind"], f"{key}.kind", f"column {own.name!r} holds {own.not_number}, which is no number")
    elif said_kind in ("many", "array"):
        reading.not_yet(fields["kind"], f"{key}.kind", f"a column of a manifest as kind {said_kind}")
    elif said_kind is None and "classes" not in fields and not own.not_number and _look_measured(own.values):
        text = f"column {own.name!r} holds {len(own.values)} different numbers; write kind: number, or kind: class"
        reading.say(at, f"{key}.kind", text)
    elif said_kind in (None, "class") and len(own.values) < 2:
        reading.say(
            at, key, f"column {own.name!r} holds {', '.join(map(repr, own.values))} only; two classes are needed"
        )
    else:
        return True
    return False


def _look_measured(values: tuple[str, ...]) -> bool:
    """Numbers that could as well be measured as be the names of classes."""
    return len(values) > MOST_NUMBERED or any(not value.lstrip("-").isdecimal() for value in values)


def _classes(
    node: Node | None, known: LabelFacts | None, key: str, the_kind: str, reading: Reading
) -> tuple[str, ...] | None:
    if node is None:
        return known.classes if known else None
    if the_kind not in ("class", "many"):
        reading.say(node, key, f"a label of kind {the_kind} has no classes")
        return None
    classes: list[str] = []
    for item in listed(node):
        text = reading.text(item, key)
        text = None if text is None else composed(text)
        if text in classes:
            reading.say(item, key, f"{text!r} stands here twice")
        elif text is not None:
            if known and known.classes is not None and text not in known.classes:
                reading.say(item, key, unknown("class", text, known.classes))
            classes.append(text)
    if known and known.classes is not None and set(classes) < set(known.classes):
        reading.say(node, key, f"the data set has {len(known.classes)} classes, here are {len(classes)}")
    if len(classes) < 2:
        reading.say(node, key, "a label needs at least two classes")
    return tuple(classes)


def _positive(node: Node, classes: tuple[str, ...] | None, the_kind: str, key: str, reading: Reading) -> str | None:
    if the_kind != "class":
        reading.say(node, key, f"a label of kind {the_kind} has no positive class")
        return None
    if classes is None:
        text = reading.text(node, key)
        return None if text is None else composed(text)
    if len(classes) > 2:
        reading.say(node, key, f"a positive class is for two classes, and there are {len(classes)}")
        return None
    return reading.one_of(node, key, "class", classes)


def _of_facts(name: str, facts: LabelFacts, at: Place) -> Label:
    return Label(place=at, name=name, column=facts.column, kind=facts.kind, classes=facts.classes, unit=facts.unit)
