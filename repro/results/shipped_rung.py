"""At which rung a folder's ``results/`` were made."""

import json
from pathlib import Path

from repro.disk.untrusted_files import text_inside

MAX_BYTES = 16 * 2**20
"""Bytes of a ``table.json`` that are read."""


def shipped_rung(folder: Path) -> str:
    """The rung that ``results/table.json`` names; ``full`` where it is missing or damaged.

    Args:
        folder: of the spec.

    """
    path = folder / "results" / "table.json"
    try:
        return str(json.loads(text_inside(path, folder, MAX_BYTES))["rung"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return "full"
