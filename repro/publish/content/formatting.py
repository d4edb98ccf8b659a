"""Entries of a spec in one line each: a class with its arguments, a share, a length of training."""

from collections.abc import Sequence

from repro.spec.experiment import Experiment, Values
from repro.spec.part import Entry


def entry(component: Entry) -> str:
    """A class and its arguments.

    >>> entry(Entry(name="SGD", args={"lr": 0.01, "momentum": 0.9}))
    'SGD (lr 0.01, momentum 0.9)'
    """
    arguments = ", ".join(f"{name} {_value(value)}" for name, value in component.args.items())
    return f"{component.short} ({arguments})" if arguments else component.short


def chain(entries: Sequence[Entry]) -> str:
    """Entries in order."""
    return ", then ".join(entry(component) for component in entries) if entries else "none"


def amount(value: object) -> str:
    """How many items a part has: a count, a share, the rest."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value * 100:g} %"
    if isinstance(value, Values):
        return f"{value.column} {', '.join(value.values)}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def length(experiment: Experiment) -> str:
    """How long a net is trained."""
    training = experiment.training
    if training.steps:
        return f"{training.steps:,} steps"
    return f"{training.epochs:,} epochs" if training.epochs else "fitted once"


def selection(experiment: Experiment) -> str:
    """Which weights are scored."""
    words = {
        "last": "the last weights",
        "best_validation": f"the weights with the best {experiment.training.watch or 'validation score'}",
        "best_test": "the weights with the best test score, as the paper did; the clean choice stands beside it",
    }
    return words.get(experiment.training.select, experiment.training.select.replace("_", " "))


def features(experiment: Experiment) -> list[tuple[str, str]]:
    """What is made of an item before the model sees it: ``(input, its features)``."""
    lines = []
    for name, feature_lists in experiment.inputs.items():
        steps = chain((*feature_lists.cached, *feature_lists.live))
        if feature_lists.augment:
            steps += f"; in training also {chain(feature_lists.augment)}"
        lines.append((name, steps))
    return lines


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return " x ".join(map(_value, value))
    return str(value)
