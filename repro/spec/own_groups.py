"""What own code says, in the body of its class, of groups and folds of its items. Read as text, never executed."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repro.spec.experiment import Dataset
from repro.spec.own_classes import OwnCodeProblem, class_attribute


@dataclass(frozen=True, slots=True)
class OwnGroups:
    """``groups`` are the columns that tie items together, ``counts`` how many different values some of them have;
    ``folds`` is the number of official folds, None where the class does not say it.
    """

    groups: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    folds: int | None = None


def own_groups(dataset: Dataset | None, folder: Path) -> OwnGroups:
    """From lines such as ``groups = {"speaker": 6}`` (or a name, or a list of names) and ``folds = 5``."""
    if dataset is None or not dataset.is_code:
        return OwnGroups()
    groups, folds = (_said(folder, dataset.name, word) for word in ("groups", "folds"))
    counted = groups if isinstance(groups, dict) else {}
    return OwnGroups(
        groups=group_names(groups),
        counts={name: count for name, count in counted.items() if isinstance(count, int) and count > 0},
        folds=folds if isinstance(folds, int) and folds > 0 else None,
    )


def group_names(declared: Any) -> tuple[str, ...]:
    """The columns that own data name in ``groups``.

    >>> group_names("speaker"), group_names({"speaker": 6}), group_names(["speaker", "room"]), group_names(None)
    (('speaker',), ('speaker',), ('speaker', 'room'), ())
    """
    if declared is None:
        return ()
    return (declared,) if isinstance(declared, str) else tuple(str(name) for name in declared)


def _said(folder: Path, name: str, word: str) -> Any:
    """What stands after ``word =``, None where nothing does or it is no plain value."""
    try:
        node = class_attribute(folder, name, word)
        value = None if node is None else ast.literal_eval(node)
    except (OwnCodeProblem, ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    if isinstance(value, dict | list | tuple | set):
        return value if all(isinstance(item, str) for item in value) else None
    return value if isinstance(value, str) == (word == "groups") and isinstance(value, str | int) else None
