"""Twins found once and kept in the cache folder: folds, seeds and processes with the same data read them there."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from repro.data.data_error import DataError
from repro.data.download.cache import CHOOSE, cache_folder, not_done
from repro.data.items import Items
from repro.data.near_duplicates.alignment import Alignment
from repro.data.near_duplicates.find import VERSION, DuplicatePair, NearDuplicates, find_near_duplicates
from repro.disk.atomic_write import remove_leftovers, write_atomically

log = logging.getLogger(__name__)

_ROWS = ("silent", "short", "long", "cancelled")


def cached_near_duplicates(items: Items, on_one: Callable[[int], None] = lambda done: None) -> NearDuplicates:
    """The twins of a data set, from the cache where they are there; one process looks for them, others wait for it.

    What is kept is named after the sounds alone (and :data:`repro.data.near_duplicates.find.VERSION`), so every split
    of a data set shares it. A file that is damaged is made again.

    Args:
        items: for which :func:`repro.data.near_duplicates.find.is_audio` holds.
        on_one: is told after each item how many were read, where they are looked for.

    Raises:
        DataError: a file cannot be decoded; or the cache folder cannot be written to, which the search needs.

    """
    key = items.clips.sha256 if items.clips is not None else items.sha256
    folder = cache_folder() / "twins"
    path = folder / f"{key[:40]}-{VERSION}.json"
    if (twins := _read(path, key, len(items))) is not None:
        return twins
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if (twins := _read(path, key, len(items))) is not None:
                return twins
            remove_leftovers(path)
            twins = find_near_duplicates(items, folder, on_one)
            write_atomically(path, _written(twins, key, len(items)))
    except OSError as error:
        if twins is None:
            raise DataError(f"duplicates cannot be looked for: {not_done(error, path)}") from error
        log.warning("%s cannot be written (%s): duplicates are looked for again each time; %s", path, error, CHOOSE)
    return twins


def _written(twins: NearDuplicates, key: str, count: int) -> str:
    pairs = [[twin.one, twin.other, *asdict(twin.alignment).values()] for twin in twins.pairs]
    rows = {name: list(getattr(twins, name)) for name in _ROWS}
    return json.dumps({"key": key, "items": count, "compared": twins.compared, "pairs": pairs, **rows}) + "\n"


def _read(path: Path, key: str, count: int) -> NearDuplicates | None:
    """What a file holds; None where it is missing, damaged or of other data."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["key"] != key or content["items"] != count:
            return None
        pairs = [DuplicatePair(int(i), int(j), Alignment(*map(float, numbers))) for i, j, *numbers in content["pairs"]]
        rows = {name: tuple(int(row) for row in content[name]) for name in _ROWS}
        named = [row for pair in pairs for row in (pair.one, pair.other)] + [r for some in rows.values() for r in some]
        if any(not 0 <= row < count for row in named):
            return None
        return NearDuplicates(tuple(pairs), int(content["compared"]), **rows)
    except (OSError, ValueError, KeyError, TypeError):
        return None
