"""What tells the items of a data set from each other, so that an item is known again when the data have changed."""

import base64
import hashlib
import json
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repro.data.arrays import IntArray
from repro.data.items import Items
from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside

SCHEMA = 1
MAX_ITEMS = 10**7
MAX_BYTES = 2**29

Digests = npt.NDArray[np.uint64]

_ABSENT = -1


@dataclass(frozen=True, eq=False)
class ItemIds:
    """Of each of N items, in the items' order, three digests of 64 bits.

    ``names`` are of file and stretch (of the content where items have no name), ``contents`` of what is seen or heard,
    ``cells`` of all labels and other columns.
    """

    data_sha256: str
    names: Digests
    contents: Digests
    cells: Digests

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class ItemChanges:
    """How many items are new, gone, of the same name with another content, and with other labels or columns."""

    new: int
    gone: int
    replaced: int
    relabelled: int

    def __str__(self) -> str:
        """In words: ``3 items are new and 12 have other labels or columns``."""
        counts = (
            (self.new, "new"),
            (self.gone, "gone"),
            (self.replaced, "replaced by others of the same name"),
            (self.relabelled, "labelled otherwise, or have another cell in a column"),
        )
        changes = [f"{count} {text}" for count, text in counts if count]
        return f"of its items {', '.join(changes)}" if changes else "parts or sampling differ"


def ids_of(items: Items) -> ItemIds:
    """The digests of items."""
    contents = _digests(items.content(row)[:8] for row in range(len(items)))
    clips = items.clips
    if clips is None:
        names = contents
    else:
        starts = clips.starts if clips.starts is not None else np.zeros(len(items), dtype=np.int64)
        names = _digests(_hash(f"{name}\0{int(start)}") for name, start in zip(clips.names, starts, strict=True))
    columns = [items.columns[name].tolist() for name in sorted(items.columns)]
    cells = _digests(_hash("\0".join(map(str, row))) for row in zip(*columns, strict=True)) if columns else names * 0
    return ItemIds(items.sha256, names, contents, cells)


def matched(old: ItemIds, new: ItemIds) -> IntArray:
    """For each new item the row that it had before, -1 where it is new: by its name, else by its content."""
    row_of = {name: row for row, name in enumerate(old.names.tolist())}
    rows = np.array([row_of.get(name, _ABSENT) for name in new.names.tolist()], dtype=np.int64)
    free: defaultdict[int, list[int]] = defaultdict(list)
    for row in np.setdiff1d(np.arange(len(old)), rows)[::-1].tolist():
        free[int(old.contents[row])].append(row)
    for at in np.flatnonzero(rows == _ABSENT).tolist():
        if same := free.get(int(new.contents[at])):
            rows[at] = same.pop()
    return rows


def changes(old: ItemIds, new: ItemIds) -> ItemChanges:
    """What differs between two states of one data set."""
    rows = matched(old, new)
    known = rows != _ABSENT
    before = rows[known]
    other = old.contents[before] != new.contents[known]
    cells = old.cells[before] != new.cells[known]
    return ItemChanges(int((~known).sum()), len(old) - len(before), int(other.sum()), int(cells.sum()))


def ids_path(folder: Path, data_sha256: str) -> Path:
    """Where the digests of these data lie in a folder."""
    return folder / f"items-{data_sha256[:16]}.json"


def write_ids(folder: Path, ids: ItemIds) -> None:
    """Write the digests, unless they are there. OSError where that cannot be."""
    path = ids_path(folder, ids.data_sha256)
    if read_ids(folder, ids.data_sha256) is None:
        header = {"schema": SCHEMA, "data_sha256": ids.data_sha256, "items": len(ids)}
        packed = {name: _pack(getattr(ids, name)) for name in ("names", "contents", "cells")}
        write_atomically(path, json.dumps(header | packed, indent=1, sort_keys=True) + "\n")


def read_ids(folder: Path, data_sha256: str) -> ItemIds | None:
    """The digests of these data; None where the file is missing or damaged, or of other data."""
    path = ids_path(folder, data_sha256)
    try:
        if not path.is_file():
            return None
        document: dict[str, Any] = json.loads(text_inside(path, folder, MAX_BYTES))
        items = int(document["items"])
        if document["schema"] != SCHEMA or document["data_sha256"] != data_sha256 or not 0 < items <= MAX_ITEMS:
            return None
        return ItemIds(data_sha256, *(_unpack(document[name], items) for name in ("names", "contents", "cells")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:8]


def _digests(hashes: Any) -> Digests:
    return np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)


def _pack(digests: Digests) -> str:
    return base64.b64encode(zlib.compress(digests.astype("<u8").tobytes(), 6)).decode()


def _unpack(text: str, items: int) -> Digests:
    raw = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), 8 * items + 1)
    if len(raw) != 8 * items:
        raise ValueError(f"{len(raw)} bytes for {items} items")
    return np.frombuffer(raw, dtype="<u8").astype(np.uint64)
