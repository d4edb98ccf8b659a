"""How what the gate finds is mended: what to write in the spec, or to take out of the data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from repro.data.gate.published import is_built_in, is_published
from repro.data.items import Items
from repro.data.splits import Split

LISTED = 50
"""How many files an ``exclude`` that is proposed names at most."""

WAIVER = 'or keep it and write waiver: "..." under splits, and every verdict is INVALID'

_WORDS: Mapping[str, str] = {
    "shared-items": "divide the items so that each is in one part only",
    "labels": "keep a class in every part: stratify: LABEL under splits, more items of it, or leave the class out",
    "alike": "write names that mean one thing in one way; leave those that differ",
    "few-items": "add items of these classes, or leave the classes out",
    "fitted-on-all": "give the values as they were measured, and put Standardize under features: it learns from train",
    "same-file": "keep the stretches of a file together: group: source under splits",
    "fold-reuse": "keep the folds whole: folds: official, or group: {column}, under splits",
    "validation-is-test": "choose another part for validation: next, previous, a share of train, or none",
    "time-order": "if the future is to be told from the past, name the parts by time in a column: column: NAME",
}


def remedy(name: str, check: Mapping[str, Any], items: Items, split: Split) -> str:
    """What can be done about a check that is not ``ok``, in words; "" where there is nothing to say.

    Args:
        name: of the check.
        check: its result; pairs of rows that hold the same are its ``pairs``.
        items: the data set.
        split: what was drawn.

    """
    if check["state"] == "ok" or (is_published(items, split) and check["state"] == "found"):
        return ""
    if name == "channels-cancel":
        return _of_channels(check["rows"], items)
    if name in ("duplicates", "duplicate-audio"):
        text = _of_pairs(check.get("pairs", []), items, split) if check["state"] == "failed" else ""
    elif name == "shared-groups":
        text = f"keep them apart: group: {next(iter(check['shared']))} under splits, or parts by its values"
    else:
        text = _WORDS.get(name, "").replace("{column}", str(check.get("column", "fold")))
    return f"{text}; {WAIVER}" if text and check["state"] == "failed" else text


def _of_channels(rows: Sequence[int], items: Items) -> str:
    names = items.file_names
    text = "turn the sign of one channel round in these files, or keep one channel of them"
    if names is None or is_built_in(items):
        return text
    return f"{text}; or leave them out: exclude: [{_listed(names, rows)}] under dataset"


def _listed(names: Sequence[str], rows: Sequence[int]) -> str:
    files = list(dict.fromkeys(names[row] for row in rows))
    return ", ".join(map(_quoted, files[:LISTED])) + (f", and {len(files) - LISTED} more" * (len(files) > LISTED))


def _of_pairs(pairs: Sequence[tuple[int, int]], items: Items, split: Split) -> str:
    """Leave one of each pair out, or keep both in one part."""
    together = (
        "or keep both of a pair in one part: give them the same value in a column, and write group: COLUMN under splits"
    )
    if is_built_in(items):
        return f"take the data set's own parts, {together}"
    names = items.file_names
    if names is None:
        return f"leave one of each pair out of what {items.name} makes, {together}"
    train = frozenset(split.parts.get("train", np.zeros(0, dtype=np.int64)).tolist())
    gone: list[int] = []
    for rows in _clusters(pairs):
        first = min(rows, key=lambda row: (row not in train, row))
        gone += [row for row in rows if row != first]
    together += ", with a manifest" if items.columns.keys() == {"class"} else ""
    return f"remove one of each pair, or leave it out: exclude: [{_listed(names, gone)}] under dataset; {together}"


def _clusters(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Rows that hold the same, each cluster ascending.

    >>> _clusters([(0, 4), (1, 2), (4, 7)])
    [[0, 4, 7], [1, 2]]
    """
    of: dict[int, list[int]] = {}
    for first_row, second_row in pairs:
        both, added = of.setdefault(first_row, [first_row]), of.setdefault(second_row, [second_row])
        if both is not added:
            both += added
            of |= dict.fromkeys(added, both)
    return [sorted(rows) for rows in {id(rows): rows for rows in of.values()}.values()]


def _quoted(name: str) -> str:
    """A file name as YAML reads it back.

    >>> _quoted("high/a.wav"), _quoted("high, low/a.wav")
    ('high/a.wav', '"high, low/a.wav"')
    """
    plain = all(letter.isalnum() or letter in "/._-" for letter in name) and name[0].isalnum()
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
