"""At which rung a folder's ``results/`` were made."""

import json
from pathlib import Path


def shipped_rung(folder: Path) -> str:
    """The rung that ``results/table.json`` names; ``full`` where it is missing or damaged.

    Args:
        folder: of the spec.

    """
    try:
        said = json.loads((folder / "results" / "table.json").read_text(encoding="utf-8"))
        return str(said["rung"])
    except (OSError, ValueError, TypeError, KeyError):
        return "full"
