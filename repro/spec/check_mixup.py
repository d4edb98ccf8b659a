"""Mixup against the losses: mixed classes are probabilities, which not every loss takes."""

from collections.abc import Iterable, Mapping

from repro.spec.experiment import Input, Label
from repro.spec.part import Entry
from repro.spec.reading import Reading

_ON_INDICES = frozenset({"NLLLoss", "MultiMarginLoss"})


def check_mixup(
    inputs: Iterable[Input], labels: Mapping[str, Label], losses: Mapping[str, Entry], reading: Reading
) -> None:
    """Note each Mixup whose mixtures of classes the loss cannot take: one on class indices, or own code."""
    for mixup in (entry for source in inputs for entry in source.augment if entry.name == "Mixup"):
        for name, loss in losses.items():
            label = labels.get(name)
            if label is None or label.kind != "class" or not (loss.own or loss.name in _ON_INDICES):
                continue
            why = "is own code, of which nobody knows" if loss.own else "takes class indices"
            text = f"makes probabilities of classes, and {loss.short} {why}; take CrossEntropyLoss"
            reading.say(mixup.place, "augment.Mixup", text)
