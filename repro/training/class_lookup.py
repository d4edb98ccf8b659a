"""From an entry of the spec to the real class, bound to its real signature, before any data is read."""

import importlib
import inspect
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from repro.data.own_code import load_own
from repro.spec.index import index
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError, unknown

_OURS = {
    "Steps": "repro.training.schedule",
    "InverseSqrt": "repro.training.schedule",
    "ErrorRate": "repro.training.count_metric",
}


def find_class(entry: Entry, namespace: str, folder: Path) -> type:
    """The class that an entry names: own code from ``folder``, ours, or the library's.

    Raises:
        SpecError: the namespace has no such class, or the installed library lacks it.
        OwnCodeError: own code that cannot be loaded.

    """
    if entry.own:
        return load_own(folder, *entry.own)
    known = index().namespace(namespace)
    if entry.name not in known:
        raise _error(entry, unknown(namespace, entry.name, known))
    if entry.name in _OURS:
        cls: type = getattr(importlib.import_module(_OURS[entry.name]), entry.name)
        return cls
    module, _, name = known[entry.name].source.rpartition(".")
    try:
        cls = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise _error(entry, f"the installed {module.partition('.')[0]} has no {name!r}") from None
    return cls


def make(entry: Entry, cls: type, *positional: Any, inferred: Mapping[str, Any] | None = None) -> Any:
    """Make one of ``cls`` from an entry: ``positional`` first, then what is inferred, then what the spec says.

    The arguments are bound to the real signature first, so that a wrong one is named at its own place.

    Raises:
        SpecError: an argument that the class does not take or whose value it refuses, or one that it needs.

    """
    arguments = {**(inferred or {}), **entry.args}
    _bind(entry, cls, positional, arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cls(*positional, **arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        text = " ".join(str(error).split())
        named = next((name for name in entry.places if name in text), None)
        raise _error(entry, f"{entry.name} refuses this: {text}", named) from error


def takes(cls: type, argument: str) -> bool:
    """Whether a class's signature has this argument by name."""
    return argument in inspect.signature(cls).parameters


def as_tensors(args: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The arguments, those of ``names`` that hold numbers turned into float tensors."""
    return {
        name: torch.tensor(value, dtype=torch.float32)
        if name in names and isinstance(value, int | float | tuple | list)
        else value
        for name, value in args.items()
    }


def _bind(entry: Entry, cls: type, positional: tuple[Any, ...], arguments: Mapping[str, Any]) -> None:
    signature = inspect.signature(cls)
    parameters = signature.parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name in entry.args:
        if name not in parameters and not open_ended:
            names = [p.name for p in parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
            raise _error(entry, unknown("argument", name, names) + f" of {entry.name}", name)
    try:
        signature.bind(*positional, **arguments)
    except TypeError as error:
        raise _error(entry, f"{entry.name}: {error}") from None


def _error(entry: Entry, text: str, argument: str | None = None) -> SpecError:
    place = entry.places.get(argument, entry.place) if argument else entry.place
    key = f"{entry.short}.{argument}" if argument else entry.short
    return SpecError([Problem(place, key, text)])


def collect(checks: list[Callable[[], Any]]) -> None:
    """Run every check and raise one SpecError with the problems of all of them."""
    problems: list[Problem] = []
    for check in checks:
        try:
            check()
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
