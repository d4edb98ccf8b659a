"""How many runs were trained again, by the file that ``repro verify --save`` leaves in a folder."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from repro.disk.untrusted_files import text_inside
from repro.publish.grade.grade_row import Rerun

FILE = "results/verified.json"
MOST = 4 * 2**20


def rerun(folder: Path, hashes: Collection[str], planned: int) -> Rerun | None:
    """What the file says of the records that are there now; None where there is no file, or none that can be read.

    The file lies in the folder, so it is the word of whoever made it: reading it proves nothing.

    Args:
        folder: of the study.
        hashes: of the records there are; what the file says of others is left out.
        planned: how many runs the study has.

    """
    path = folder / FILE
    try:
        content = json.loads(text_inside(path, folder, MOST))
    except (OSError, ValueError, RecursionError):
        return None
    retrained = content.get("retrained") if isinstance(content, Mapping) else None
    if not isinstance(retrained, list):
        return None
    judged = {
        str(entry.get("sha256")): str(entry.get("judged"))
        for entry in retrained
        if isinstance(entry, Mapping) and entry.get("sha256") in hashes
    }
    again = sum(word in ("bitwise equal", "inside") for word in judged.values())
    return Rerun(again, sum(word == "wrong" for word in judged.values()), planned)
