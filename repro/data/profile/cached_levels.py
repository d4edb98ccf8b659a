"""Levels measured once and kept in the cache folder, so that a second look takes no time."""

import json
import logging
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from repro.data.download.cache import CHOOSE, cache_folder
from repro.data.items import Items
from repro.data.profile.level import Level
from repro.data.profile.levels import VERSION, Levels, levels_of, measure_levels, seconds_of
from repro.disk.atomic_write import write_atomically

log = logging.getLogger(__name__)

_FIELDS = tuple(field.name for field in fields(Level))


def cached_levels(items: Items, on_one: Callable[[int], None] = lambda done: None) -> Levels:
    """The levels of a data set, from the cache where they are there. Named after what is heard, not after file names.

    A file that is damaged is made again. Where the folder cannot be written to nothing is kept, and the log says so.

    Args:
        items: for which :func:`repro.data.profile.levels.have_levels` holds.
        on_one: is told after each item how many were measured, where they are.

    Raises:
        DataError: a file cannot be decoded.

    """
    key = items.clips.sha256 if items.clips is not None else items.sha256
    path = cache_folder() / "levels" / f"{key[:40]}-{VERSION}.json"
    if (stored := _read(path, key, items)) is not None:
        return stored
    levels = measure_levels(items, on_one)
    rows = [[column[row].item() for column in (getattr(levels, name) for name in _FIELDS)] for row in range(len(items))]
    try:
        write_atomically(path, json.dumps({"key": key, "levels": rows}) + "\n")
    except OSError as error:
        log.warning("%s cannot be written (%s): recordings are measured again next time; %s", path, error, CHOOSE)
    return levels


def _read(path: Path, key: str, items: Items) -> Levels | None:
    """What a file holds; None where it is missing, damaged or of other data."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["key"] != key or len(content["levels"]) != len(items):
            return None
        rows = [Level(**dict(zip(_FIELDS, row, strict=True))) for row in content["levels"]]
        if not all(isinstance(value, (int, float)) for row in content["levels"] for value in row):
            return None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    return levels_of(rows, seconds_of(items))
