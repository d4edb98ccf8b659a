"""`metric`: what is measured on every view; of several, in a list or by names, the first is the main one."""

from repro.spec.class_facts import MetricFacts
from repro.spec.entries import read_entry
from repro.spec.experiment import Label
from repro.spec.index import index
from repro.spec.keywords import ALWAYS_MEASURED, COUNTED
from repro.spec.part import Entry
from repro.spec.reading import Reading, is_none, kind
from repro.spec.scalars import is_own_name
from repro.spec.tree import ListNode, MapNode, Node, TextNode

_BINARY = frozenset({"F1Score", "FBetaScore", "Precision", "Recall", "Specificity", "NegativePredictiveValue"})
"""With two classes these look at the positive one."""


def read_metrics(node: Node | None, labels: dict[str, Label] | None, reading: Reading) -> dict[str, Entry]:
    """The metrics by name. One that is only a class goes by its class name.

    ``labels`` is None when they could not be read, and then nothing is held against them.
    """
    if is_none(node):
        return {}
    assert node is not None
    if isinstance(node, ListNode) and len(node) == 1:
        node = node[0]
    if isinstance(node, ListNode):
        return _listed(node, labels, reading)
    if isinstance(node, TextNode) or not node or not any(is_own_name(k) for k in node):
        entry = _metric(node, "metric", labels, reading)
        return {} if entry is None else {entry.short: entry}
    return _named(node, labels, reading)


def _listed(node: ListNode, labels: dict[str, Label] | None, reading: Reading) -> dict[str, Entry]:
    """Several in a list, the first the main one: each by its class, or ``{NAME: class}`` by its name."""
    metrics: dict[str, Entry] = {}
    for item in node:
        if isinstance(item, MapNode) and item and all(is_own_name(name) for name in item):
            read = _named(item, labels, reading)
        else:
            entry = _metric(item, "metric", labels, reading)
            read = {} if entry is None else {entry.short: entry}
        for name, entry in read.items():
            if name in metrics:
                text = f"{name!r} stands there twice; give one a name of its own: {{macro-f1: {{F1Score: ...}}}}"
                reading.say(item, "metric", text)
            metrics.setdefault(name, entry)
    return metrics


def _named(node: MapNode, labels: dict[str, Label] | None, reading: Reading) -> dict[str, Entry]:
    """Several by names of their own."""
    metrics = {}
    for name, metric_node in node.items():
        key = f"metric.{name}"
        if reading.name(name, key) is None:
            continue
        if name in (*ALWAYS_MEASURED, *COUNTED):
            reading.say(name, key, f"{str(name)!r} is always there; take another name")
            continue
        entry = _metric(metric_node, key, labels, reading)
        if entry is not None:
            metrics[str(name)] = entry
    return metrics


def _metric(node: Node, key: str, labels: dict[str, Label] | None, reading: Reading) -> Entry | None:
    label_node: Node | None = None
    rest = node
    if isinstance(node, MapNode) and len(node) == 1:
        cls, args = next(iter(node.items()))
        if isinstance(args, MapNode) and "label" in args:
            label_node = args[TextNode("label")]
            remaining = MapNode([(k, v) for k, v in args.items() if k != "label"], args.place)
            rest = MapNode({cls: remaining}, node.place) if remaining else cls
    if isinstance(rest, ListNode):
        reading.say(rest, key, f"expected one metric, got {kind(rest)}")
        return None
    entry = read_entry(rest, "metric", key=key, folder=reading.folder, problems=reading.problems)
    label = next(iter((labels or {}).values()), None)
    if label_node is not None and labels is not None:
        name = reading.one_of(label_node, f"{key}.label", "label", labels)
        label = labels.get(name or "", label)
    if entry is None:
        return None
    if label is not None:
        check_metric(entry, label, key, reading)
    return entry


def check_metric(entry: Entry, label: Label, key: str, reading: Reading) -> None:
    """Hold a metric against the label that it looks at."""
    facts = facts_of(entry)
    if facts is None:
        return
    key = f"{key}.{entry.short}"
    if facts.tasks and label.kind in ("number", "array", "input"):
        near = "MeanAbsoluteError or MeanSquaredError"
        reading.say(
            entry.place, key, f"{entry.name} counts classes, and {label.name!r} is of kind {label.kind}; take {near}"
        )
    elif not facts.tasks and label.kind == "class":
        reading.say(
            entry.place,
            key,
            f"{entry.name} measures numbers, and {label.name!r} is of kind class; take Accuracy or F1Score",
        )
    if label.kind != "class" or label.classes is None:
        return
    if len(label.classes) > 2 and facts.say_average and "average" not in entry.args:
        choices = "macro, weighted or micro (micro is plain accuracy)"
        text = f"is missing: with {len(label.classes)} classes {entry.name} must say which it means, {choices}"
        reading.say(entry.place, f"{key}.average", text)
    elif len(label.classes) == 2 and entry.name in _BINARY and label.positive is None and "average" not in entry.args:
        example = f"labels: {{{label.name}: {{positive: {label.classes[-1]}}}}}"
        text = f"with two classes {entry.name} looks at one of them; write {example}"
        reading.say(entry.place, key, text)


def facts_of(entry: Entry) -> MetricFacts | None:
    """What is known about a metric; None for own code."""
    return None if entry.own else index().metric(entry.name)
