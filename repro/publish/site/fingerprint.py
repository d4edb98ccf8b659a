"""Whether a folder is as it was, by names, sizes and times alone: nothing is opened, no link is followed."""

import hashlib
import os
import stat
from pathlib import Path

from repro.publish.grade.survey import MOST_DEPTH, MOST_ENTRIES
from repro.runs.lease import LIVE
from repro.runs.ledger import TRACKING

_UNSEEN = (f"runs/{LIVE}", f"runs/{TRACKING}", "handin", ".git")
"""Folders of which nothing shows on the site."""

_WHILE_TRAINING = (".jsonl", ".log", ".checkpoint", ".lock", ".tmp", ".pyc")
"""Ends of names that change while a run trains, and that show on no page either."""


def fingerprint(folder: Path) -> str:
    """A text that changes when anything of the folder does that a page could show.

    Empty for a folder that is too large to be seen whole: it is read each time. Times include the one that the system
    itself notes of a change, which nobody can set back.
    """
    digest = hashlib.sha256()
    waiting: list[tuple[str, int]] = [("", 0)]
    entries = 0
    while waiting:
        inside, depth = waiting.pop()
        try:
            with os.scandir(Path(folder, inside)) as scan:
                entries_by_name = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            digest.update(f"{inside}\0{error.errno}\n".encode("utf-8", "surrogateescape"))
            continue
        for entry in entries_by_name:
            entries += 1
            if entries > MOST_ENTRIES or depth > MOST_DEPTH:
                return ""
            name = f"{inside}/{entry.name}" if inside else entry.name
            if name in _UNSEEN or entry.name.endswith(_WHILE_TRAINING):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except OSError:
                return ""
            if stat.S_ISDIR(facts.st_mode):
                digest.update(f"{name}/\n".encode("utf-8", "surrogateescape"))
                waiting.append((name, depth + 1))
                continue
            line = (name, facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
            digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
