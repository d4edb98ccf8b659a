"""Frozen splits: what was drawn, in a small file, so that it is drawn once and can be checked."""

import base64
import contextlib
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.arrays import IntArray
from repro.data.data_error import DataError
from repro.data.splits import Split, part_sha256
from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside
from repro.spec.experiment import Experiment

SCHEMA = 1
MAX_ITEMS = 10**9
MAX_BYTES = 2**28
"""Bytes of a splits file that are read: a bit for each item."""
CARRIED = "carried"
"""The word in ``how`` of a split that was not drawn from nothing: items kept the parts that they had before."""


class FrozenSplitsError(DataError):
    """A splits file that is damaged, or that says otherwise than what was drawn now."""


def freeze(path: Path, split: Split, *, data_sha256: str) -> None:
    """Write the split to ``path``, or check it against the file that is already there.

    Args:
        path: of the JSON file.
        split: what was drawn.
        data_sha256: of the items it was drawn from.

    Raises:
        FrozenSplitsError: the file is damaged or holds another split or other data.

    """
    if path.exists():
        frozen, data = load_frozen(path)
        if data != data_sha256:
            raise FrozenSplitsError(f"{path}: was frozen for other data (sha256 {data}, now {data_sha256})")
        if frozen.sha256 != split.sha256:
            names = sorted(set(frozen.parts) | set(split.parts))
            empty = np.zeros(0, dtype=np.int64)
            other = [n for n in names if not np.array_equal(frozen.parts.get(n, empty), split.parts.get(n, empty))]
            raise FrozenSplitsError(
                f"{path}: holds another split than the one drawn now ({', '.join(other)} differ; frozen with "
                f"{dict(frozen.how)}, drawn with {dict(split.how)}). Remove the file to freeze the new one."
            )
        return
    write_atomically(path, to_json(split, data_sha256=data_sha256))


def splits_path(folder: Path, experiment: Experiment, seed: int, fold: int | None = None) -> Path:
    """Where a split is frozen: named after the data set and all that decides how it is drawn."""
    division = how_divided(experiment, seed, fold)
    name = experiment.dataset.name.strip("/").replace(":", "-").replace("/", "-")
    return folder / f"{name}-{hashlib.sha256(division.encode()).hexdigest()[:12]}.json"


def how_divided(experiment: Experiment, seed: int, fold: int | None) -> str:
    """All that decides how a run's items are divided, as JSON."""
    labels = {name: label.model_dump_json() for name, label in experiment.labels.items()}
    drawn = seed if experiment.splits.seed == "run" else None
    parts = [experiment.dataset.model_dump_json(), experiment.splits.model_dump_json(), labels, drawn]
    return json.dumps(parts if fold is None else [*parts, fold], sort_keys=True)


def carried_split(
    folder: Path, experiment: Experiment, *, seed: int, fold: int | None, data_sha256: str
) -> Split | None:
    """The split of these very data that says which items kept their parts when the data changed; None without one.

    It is looked for in ``runs/splits`` and in ``results/splits`` of a study's ``folder``. A split that was drawn from
    nothing is not read, since it comes out the same when it is drawn again.
    """
    for place in ("runs", "results"):
        path = splits_path(folder / place / "splits", experiment, seed, fold)
        try:
            if not path.is_file():
                continue
            split, data = load_frozen(path, folder)
        except (OSError, FrozenSplitsError):
            continue  # whoever freezes a split there says that it is damaged
        if data == data_sha256 and CARRIED in split.how:
            return split
    return None


def carried_files(splits_folder: Path) -> list[Path]:
    """The files there of splits that cannot be drawn again, and of what tells their items from each other."""
    paths = []
    for path in sorted(splits_folder.glob("*-*.json")):
        with contextlib.suppress(FrozenSplitsError):
            split, data = load_frozen(path)
            if CARRIED in split.how:
                paths += [path, *splits_folder.glob(f"items-{data[:16]}.json")]
    return list(dict.fromkeys(paths))


def load_frozen(path: Path, within: Path | None = None) -> tuple[Split, str]:
    """The split in a file, and the sha256 of the data it was drawn from.

    Args:
        path: of the file.
        within: the folder out of which nothing is read; by default the file's own.

    Raises:
        FrozenSplitsError: it is damaged, or leads out of the folder.

    """
    try:
        return from_json(text_inside(path, within or path.parent, MAX_BYTES))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise FrozenSplitsError(f"{path}: not a whole splits file: {type(error).__name__}: {error}") from error


def to_json(split: Split, *, data_sha256: str) -> str:
    """The file's text. Of each part: its count, its sha256 and its rows, one bit for each item, zlib in base64."""
    parts = {
        name: {"count": len(rows), "sha256": part_sha256(rows), "rows": _pack(rows, split.items)}
        for name, rows in split.parts.items()
    }
    document = {
        "schema": SCHEMA,
        "data_sha256": data_sha256,
        "items": split.items,
        "how": dict(split.how),
        "parts": parts,
        "sha256": split.sha256,
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> tuple[Split, str]:
    """Read a file's text; ValueError when hashes or counts do not fit."""
    document: dict[str, Any] = json.loads(text)
    if document["schema"] != SCHEMA:
        raise ValueError(f"schema {document['schema']}; expected {SCHEMA}")
    items = int(document["items"])
    if not 0 < items <= MAX_ITEMS:
        raise ValueError(f"{items} items")
    parts = {}
    for name, part in document["parts"].items():
        rows = _unpack(part["rows"], items)
        if len(rows) != part["count"] or part_sha256(rows) != part["sha256"]:
            raise ValueError(f"the rows of {name} do not have their sha256")
        parts[name] = rows
    split = Split(parts, items, document["how"])
    if split.sha256 != document["sha256"]:
        raise ValueError("the parts do not have their sha256")
    return split, document["data_sha256"]


def _pack(rows: IntArray, items: int) -> str:
    bits = np.zeros(items, dtype=bool)
    bits[rows] = True
    if int(bits.sum()) != len(rows) or not np.all(np.diff(rows) > 0):
        raise DataError("the rows of a part must ascend, each once")
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 9)).decode()


def _unpack(text: str, items: int) -> IntArray:
    size = -(-items // 8)
    unpacked = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), size + 1)
    if len(unpacked) != size:
        raise ValueError(f"{len(unpacked)} bytes of rows; expected {size}")
    bits = np.unpackbits(np.frombuffer(unpacked, dtype=np.uint8))[:items]
    return np.flatnonzero(bits).astype(np.int64)
