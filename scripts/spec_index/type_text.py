"""Annotations and defaults -> the index's own small language of types (see repro/spec/argument_type.py)."""

import collections.abc
import inspect
import types
import typing
from typing import Any

import torch

SEQUENCES = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection, set, frozenset)


def type_text(annotation: Any, default: Any) -> str:
    """The type that an argument takes.

    ``object`` marks what a spec cannot hold (a module, an optimizer), ``function`` a callable.
    """
    if annotation in (inspect.Parameter.empty, Any) or isinstance(annotation, str):
        found = from_default(default)
    else:
        found = _alternatives(annotation)
        if default is None and "none" not in found and "any" not in found:
            found.append("none")
    return join(found)


def join(alternatives: list[str]) -> str:
    """Alternatives -> text: without doubles, ``none`` last, and nothing that a wider one already takes."""
    found = list(dict.fromkeys(alternatives))
    if "float" in found or "int" in found:  # a tensor of one number; a spec writes the number
        found = [f for f in found if f != "tensor"]
    if "(float)" in found or "[float]" in found:
        found = [f for f in found if f != "tensor"]
    plain = [f for f in found if f not in ("object", "function", "none")]
    if plain:  # where a plain value will do, an object or a function need not be written
        found = [f for f in found if f != "object" and f != "function"]
    if "none" in found:  # where both the word and Python's None are taken, they mean the same
        found = [f for f in found if f not in ("none", "'none'")] + ["none"]
    return " | ".join(found)


def from_default(default: Any) -> list[str]:
    """The type of a default, where nothing else is known."""
    if default is inspect.Parameter.empty:
        return ["any"]
    if default is None:
        return ["any", "none"]
    if isinstance(default, bool):
        return ["bool"]
    if isinstance(default, (int, float, str)):
        return [type(default).__name__]
    if isinstance(default, (tuple, list)):
        inner = {t for value in default for t in from_default(value)}
        return [f"[{join(sorted(inner))}]" if inner else "[any]"]
    if isinstance(default, dict):
        return ["dict"]
    return ["function"] if callable(default) and not inspect.isclass(default) else ["object"]


def _alternatives(annotation: Any) -> list[str]:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return [found for arg in args for found in _alternatives(arg)]
    if origin is typing.Literal:
        return ["none" if arg is None else f"'{arg}'" for arg in args]
    if annotation is type(None):
        return ["none"]
    if annotation in (bool, int, float, str):
        return [annotation.__name__]
    if annotation is Any or isinstance(annotation, str):
        return ["any"]
    if annotation is torch.Tensor:
        return ["tensor"]
    if annotation is torch.Size:
        return ["[int]"]
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return [f"[{join(_alternatives(args[0]))}]"]
        return [f"({', '.join(join(_alternatives(arg)) for arg in args)})"]
    if origin in SEQUENCES:
        inner = join(_alternatives(args[0])) if args else "any"
        return ["object"] if inner in ("object", "function") else [f"[{inner}]"]
    if annotation in (tuple, list):
        return ["[any]"]
    if origin in (dict, collections.abc.Mapping) or annotation is dict:
        return ["dict"]
    if origin is collections.abc.Callable or annotation in (typing.Callable, collections.abc.Callable):
        return ["function"]
    return ["object"]
