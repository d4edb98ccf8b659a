"""At which rung a folder's ``results/`` were made."""

import json
from pathlib import Path


def shipped_rung(folder: Path) -> str:
    """The rung that ``results/table.json`` names; ``full`` where it is missing or damaged.

    Args:
        folder: of the spec.

    """
    path = folder / "results" / "table.json"
    try:
        if not path.is_file():  # a pipe would never end
            return "full"
        return str(json.loads(path.read_text(encoding="utf-8"))["rung"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return "full"
