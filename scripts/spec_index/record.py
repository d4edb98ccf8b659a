"""One class of a library -> one record of the index: its arguments, and those that may not be written and why."""

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

from .docstring import argument_docs, first_sentence
from .type_text import type_text

HARNESS = frozenset({"device", "dtype", "generator", "out"})
DEPRECATED = frozenset({"size_average", "reduce", "verbose"})


def record(
    name: str,
    source: str,
    parameters: Mapping[str, inspect.Parameter],
    doc: str,
    *,
    types: Mapping[str, str] = {},
    refuse: Mapping[str, str] = {},
    functions: Mapping[str, Mapping[str, str]] = {},
    inferred: Callable[[str], bool] = lambda argument: False,
) -> dict[str, Any]:
    """The record of a class.

    ``types`` and ``refuse`` say it outright for some arguments; ``inferred`` tells which ones the harness works out.
    Raises ValueError when an argument that has to be given cannot be written in a spec.
    """
    arguments: dict[str, dict[str, Any]] = {}
    refused: dict[str, str] = {}
    for parameter in parameters.values():
        argument, default = parameter.name, parameter.default
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or argument.startswith("_"):
            continue
        if argument in refuse:
            refused[argument] = refuse[argument]
            continue
        if inferred(argument):
            refused[argument] = "inferred"
            continue
        if argument in HARNESS or argument in DEPRECATED:
            refused[argument] = "harness" if argument in HARNESS else "deprecated"
            continue
        kind = types.get(argument) or type_text(parameter.annotation, default)
        spelled = getattr(default, "__name__", "")
        if (argument in functions and spelled in functions[argument]) or f"'{spelled}'" in kind:
            default = spelled  # a function by name
        elif kind.split(" | ")[0] in ("function", "object"):
            refused[argument] = kind.split(" | ")[0]
            if default is parameter.empty:
                raise ValueError(f"{name}: {argument} takes {kind}")
            continue
        arguments[argument] = {"type": kind}
        if default is not parameter.empty:
            arguments[argument]["default"] = plain(default)
    texts = argument_docs(doc)
    return {
        "source": source,
        "arguments": arguments,
        "refused": refused,
        "doc": first_sentence(doc),
        "argument_docs": {a: texts[a] for a in arguments if a in texts},
    }


def plain(default: Any) -> Any:
    """A default as JSON has it."""
    if isinstance(default, (tuple, list)):
        return [plain(value) for value in default]
    if default is None or isinstance(default, (bool, int, float, str, dict)):
        return default
    raise ValueError(f"a default that JSON can't hold: {default!r}")


def signature(target: Any) -> dict[str, inspect.Parameter]:
    """Parameters by name; annotations that stand as text are evaluated one by one, where they can be."""
    function = target.__init__ if inspect.isclass(target) else target
    names = {**vars(typing), **getattr(inspect.unwrap(function), "__globals__", {})}
    found = {}
    for name, parameter in inspect.signature(target).parameters.items():
        if isinstance(parameter.annotation, str):
            try:
                parameter = parameter.replace(annotation=eval(parameter.annotation, names))
            except (NameError, TypeError):  # a name that only a type checker imports
                parameter = parameter.replace(annotation=parameter.annotation)
        found[name] = parameter
    return {n: p for n, p in found.items() if n != "self"}
