"""Nested values as one flat mapping: settings as columns of a table, or to be compared one by one."""

from collections.abc import Iterator, Mapping
from typing import Any


def flatten(node: Any) -> dict[str, Any]:
    """Every leaf by its path from outside in, what is empty left out.

    Parts of a list go by their name where they have one (``-N`` at the N-th place where it is taken), else by number.
    An entry's name stands at its own path and its arguments below. Lists of plain values are leaves.

    >>> flatten({"layers": [{"name": "ReLU"}, {"name": "Linear", "args": {"out_features": 10}}], "axes": [1, 2]})
    {'layers.ReLU': 'ReLU', 'layers.Linear': 'Linear', 'layers.Linear.out_features': 10, 'axes': [1, 2]}
    """
    return dict(_leaves(node, ""))


def _leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if node is None or (isinstance(node, str | list | tuple | Mapping) and not node):
        return
    if isinstance(node, Mapping):
        if path and isinstance(node.get("name"), str) and ("args" in node or set(node) == {"name"}):
            yield path, node["name"]
            node = {**(node.get("args") or {}), **{k: v for k, v in node.items() if k not in ("name", "args")}}
        for name, part in node.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list | tuple) and any(isinstance(part, Mapping | list | tuple) for part in node):
        taken: set[str] = set()
        for number, part in enumerate(node):
            name = str(part.get("name", number)) if isinstance(part, Mapping) else str(number)
            key = name if name not in taken else f"{name}-{number}"
            taken.add(key)
            yield from _leaves(part, f"{path}.{key}")
    else:
        yield path, list(node) if isinstance(node, tuple) else node
