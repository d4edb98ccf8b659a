"""`evaluation`: further views of the results."""

from repro.spec.experiment import Label, Only, View
from repro.spec.keywords import VIEW_KEYS, VIEW_KEYS_LATER, VIEWS, VOTES
from repro.spec.problem import unknown
from repro.spec.read_dataset import read_dataset
from repro.spec.read_features import read_augment
from repro.spec.reading import Reading, is_none, listed
from repro.spec.tree import MapNode, Node, TextNode


def read_views(
    node: Node | None, labels: dict[str, Label] | None, *, validation: bool, reading: Reading
) -> dict[str, View]:
    """The views by name.

    Args:
        node: what stands under ``evaluation``.
        labels: the experiment's labels; None when they could not be read, and then nothing is held against them.
        validation: whether there is a validation part to look at.
        reading: where problems go.

    """
    if is_none(node):
        return {}
    assert node is not None
    view_nodes = reading.block(node, "evaluation", None, example="{rotated: {of: test, augment: [...]}}") or {}
    views = {}
    for name, view_node in view_nodes.items():
        key = f"evaluation.{name}"
        if name in VIEWS:
            reading.say(view_node, key, f"{name!r} is always there; take another name")
            continue
        view = _view(view_node, name, labels, validation=validation, reading=reading)
        if view is not None:
            views[name] = view
    return views


def _view(node: Node, name: str, labels: dict[str, Label] | None, *, validation: bool, reading: Reading) -> View | None:
    key = f"evaluation.{name}"
    fields = reading.block(
        node, key, VIEW_KEYS, later=VIEW_KEYS_LATER, need=("of",), example="{of: test, augment: [...]}"
    )
    if fields is None or "of" not in fields:
        return None
    of = reading.word(fields["of"], f"{key}.of", ("train", "validation", "test"))
    if of == "validation" and not validation:
        reading.say(fields["of"], f"{key}.of", "there is no validation part; `splits` has none")
    augment = read_augment(fields.get("augment"), f"{key}.augment", reading)
    dataset = read_dataset(fields["dataset"], f"{key}.dataset", reading) if not is_none(fields.get("dataset")) else None
    vote = reading.word(fields["vote"], f"{key}.vote", VOTES) if "vote" in fields else "mean"
    numbers = next((label for label in (labels or {}).values() if label.kind != "class"), None)
    if vote == "majority" and numbers is not None:
        text = f"only classes have a majority, and {numbers.name!r} is of kind {numbers.kind}; write vote: mean"
        reading.say(fields["vote"], f"{key}.vote", text)
    only = None if is_none(fields.get("only")) else _only(fields["only"], f"{key}.only", labels, reading)
    mean_over = None if is_none(fields.get("mean_over")) else reading.text(fields["mean_over"], f"{key}.mean_over")
    if of is None or vote is None:
        return None
    return View.model_validate(
        {
            "place": node.place,
            "name": name,
            "of": of,
            "augment": augment,
            "dataset": dataset,
            "vote": vote,
            "only": only,
            "mean_over": mean_over,
        }
    )


def _only(node: Node, key: str, labels: dict[str, Label] | None, reading: Reading) -> Only | None:
    """`{LABEL: class}` by the true class, `{predicted: {LABEL: class}}` by the predicted one."""
    example = "{LABEL: class}, or {predicted: {LABEL: class}}"
    block = reading.block(node, key, None, example=example)
    predicted = block is not None and list(block) == ["predicted"] and isinstance(block["predicted"], MapNode)
    if predicted and block is not None:
        key = f"{key}.predicted"
        block = reading.block(block["predicted"], key, None, example=example)
    if block is None:
        return None
    if len(block) != 1:
        reading.say(node, key, f"one label decides which items are left; write {example}")
        return None
    (name, classes), names = next(iter(block.items())), labels or {}
    at = next(k for k in _inner(node, predicted=predicted) if k == name)
    if labels is not None and name not in names:
        reading.say(at, f"{key}.{name}", unknown("label", name, names))
        return None
    class_names = reading.texts(classes, f"{key}.{name}")
    label = names.get(name)
    if label is not None and label.kind != "class":
        reading.say(at, f"{key}.{name}", f"only classes can be picked, and {name!r} is of kind {label.kind}")
        return None
    for class_node, text in zip(listed(classes), class_names, strict=False):
        if label is not None and label.classes is not None and text not in label.classes:
            reading.say(class_node, f"{key}.{name}", unknown("class", text, label.classes))
    return Only(place=node.place, label=name, classes=class_names, predicted=predicted) if class_names else None


def _inner(node: Node, *, predicted: bool) -> MapNode:
    assert isinstance(node, MapNode)
    inner = node[TextNode("predicted")] if predicted else node
    assert isinstance(inner, MapNode)
    return inner
