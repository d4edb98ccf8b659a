"""Entries of a spec in one line each: a class with its arguments, a share, a length of training."""

from collections.abc import Sequence

from repro.spec.experiment import Experiment, Values
from repro.spec.part import Entry


def entry(one: Entry) -> str:
    """A class and its arguments.

    >>> entry(Entry(name="SGD", args={"lr": 0.01, "momentum": 0.9}))
    'SGD (lr 0.01, momentum 0.9)'
    """
    said = ", ".join(f"{name} {_value(value)}" for name, value in one.args.items())
    return f"{one.short} ({said})" if said else one.short


def chain(entries: Sequence[Entry]) -> str:
    """Entries in order."""
    return ", then ".join(entry(one) for one in entries) if entries else "none"


def amount(value: object) -> str:
    """How many items a part has: a count, a share, the rest."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value * 100:g} %"
    if isinstance(value, Values):
        return f"{value.column} {', '.join(value.values)}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def length(one: Experiment) -> str:
    """How long a net is trained."""
    training = one.training
    if training.steps:
        return f"{training.steps:,} steps"
    return f"{training.epochs:,} epochs" if training.epochs else "fitted once"


def selection(one: Experiment) -> str:
    """Which weights are scored."""
    words = {
        "last": "the last weights",
        "best_validation": f"the weights with the best {one.training.watch or 'validation score'}",
        "best_test": "the weights with the best test score, as the paper did; the clean choice stands beside it",
    }
    return words.get(one.training.select, one.training.select.replace("_", " "))


def features(one: Experiment) -> list[tuple[str, str]]:
    """What is made of an item before the model sees it: ``(input, its features)``."""
    found = []
    for name, given in one.inputs.items():
        said = chain((*given.cached, *given.live))
        if given.augment:
            said += f"; in training also {chain(given.augment)}"
        found.append((name, said))
    return found


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        return " x ".join(map(_value, value))
    return str(value)
