"""The file that keeps what was found, for reports: ``determinism.json``."""

import json
from pathlib import Path

from pydantic import ValidationError

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside
from repro.runs.determinism.finding import Determinism


def place(folder: Path, rung: str, *, shipped: bool) -> Path:
    """Where the file lies: ``results/determinism.json`` to be committed, else ``runs/determinism-RUNG.json``."""
    return folder / "results" / "determinism.json" if shipped else folder / "runs" / f"determinism-{rung}.json"


MAX_BYTES = 2**22
"""Bytes of such a file that are read."""


def to_json(result: Determinism) -> str:
    """The file's text: sorted keys, a newline at the end; numbers that are not finite as text."""
    return json.dumps(result.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(result: Determinism, path: Path) -> None:
    """Write the file of a study, whole or not at all, and through no link out of the study's folder."""
    write_atomically(path, to_json(result), within=path.parent.parent)


def read(path: Path) -> Determinism | None:
    """What a study's file says; None where there is none that can be read, or one of another version."""
    try:
        return Determinism.model_validate_json(text_inside(path, path.parent.parent, MAX_BYTES))
    except (OSError, UnicodeDecodeError, ValidationError):
        return None
