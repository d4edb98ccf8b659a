"""The loss against the label and the end of the model, and what a net needs that an estimator does not."""

from collections.abc import Callable, Sequence

from repro.spec.builtin_components import BALANCED, CLASS_WEIGHTS, PASSES_ON
from repro.spec.dataset_kinds import DatasetFacts
from repro.spec.experiment import Label, Model, Training
from repro.spec.part import Entry, Layer
from repro.spec.place import Place
from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node

_OF_CLASSES = frozenset(
    {"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss"}
)
_SQUASHES = {
    "CrossEntropyLoss": {"Softmax": "softmax", "LogSoftmax": "softmax", "Softmax2d": "softmax", "Sigmoid": "softmax"},
    "BCEWithLogitsLoss": {"Sigmoid": "sigmoid", "LogSigmoid": "sigmoid", "Softmax": "sigmoid"},
}

MOST_SHOWN = 12
"""So many classes are named in a message."""


def check_loss(
    model: Model,
    labels: dict[str, Label],
    losses: dict[str, Entry],
    optimizer: Entry | None,
    training: Training,
    word: Callable[[str], Node | None],
    at: Place,
    facts: DatasetFacts | None,
    reading: Reading,
) -> None:
    """Note what does not fit together.

    Args:
        model: the experiment's model.
        labels: its labels.
        losses: the loss of each label.
        optimizer: the optimizer, None where none could be read.
        training: as read.
        word: looks a word of the spec up.
        at: where to report what is missing.
        facts: what is known about the data set.
        reading: where problems go.

    """
    if model.is_estimator:
        return
    for name, example in (("optimizer", "{Adam: {lr: 1e-3}}"), ("loss", "CrossEntropyLoss")):
        if is_none(word(name)):
            reading.say(word(name) or at, name, f"is missing: a net needs one; write {name}: {example}")
    training_node = word("training")
    if is_none(training_node):
        text = "is missing: a net needs it; write training: {batch_size: 100, steps: 6000}"
        reading.say(training_node or at, "training", text)
        return
    assert training_node is not None
    if training.batch_size is None:
        reading.say(training_node, "training.batch_size", "is missing")
    if training.steps is None and training.epochs is None:
        reading.say(training_node, "training.steps", "is missing; give steps or epochs")
    for label in labels.values():
        loss = losses.get(label.name)
        if loss is None:
            continue
        if label.kind in ("number", "array", "input") and loss.name in _OF_CLASSES:
            text = f"{loss.name} is for classes, and {label.name!r} is of kind {label.kind}; take MSELoss or L1Loss"
            reading.say(loss.place, f"loss.{loss.name}", text)
        _check_weights(loss, label, facts, reading)
        for block in model.blocks:
            if block.name == label.name:
                _check_end(block.layers, loss, reading)


def wrong_number(number: int, classes: Sequence[str], argument: str) -> str:
    """What to say of so many weights for these classes.

    >>> wrong_number(3, ("high", "low"), "weight")
    '3 weights for 2 classes; write one for each of high, low, in this order, or weight: balanced'
    """
    shown = ", ".join(classes[:MOST_SHOWN]) + (", ..." if len(classes) > MOST_SHOWN else "")
    weights = f"{number} weight{'s' * (number != 1)} for {len(classes)} classes"
    return f"{weights}; write one for each of {shown}, in this order, or {argument}: {BALANCED}"


def _check_weights(loss: Entry, label: Label, facts: DatasetFacts | None, reading: Reading) -> None:
    """As many weights of classes as there are classes, where these are known."""
    if loss.own:
        return
    known = next((f.classes for f in facts.labels.values() if f.column == label.column), None) if facts else None
    classes = label.classes or known
    for name in sorted(CLASS_WEIGHTS & loss.args.keys()):
        value, at = loss.args[name], loss.places.get(name, loss.place)
        key = f"loss.{loss.short}.{name}"
        if value == BALANCED and label.kind != "class":
            reading.say(at, key, f"{BALANCED} is of classes, and {label.name!r} is of kind {label.kind}")
        elif value not in (None, BALANCED) and classes is not None and label.kind == "class":
            number = len(value) if isinstance(value, tuple) else 1
            if number != len(classes):
                reading.say(at, key, wrong_number(number, classes, name))


def _check_end(layers: tuple[Layer, ...], loss: Entry, reading: Reading) -> None:
    """No Softmax or Sigmoid before a loss that has its own."""
    last = next((layer for layer in reversed(layers) if layer.name not in PASSES_ON), None)
    if last is None:
        return
    own = _SQUASHES.get(loss.name, {}).get(last.name)
    if own is not None:
        text = f"take this layer out: {loss.name} does the {own} itself, so with {last.name} it would be done twice"
        reading.say(last.place, last.path, text)
    elif last.name in ("Residual", "Repeat"):
        _check_end(last.layers, loss, reading)
