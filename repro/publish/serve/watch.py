"""What changed in a folder, by names, times and sizes alone: looked at twice a second, nothing opened."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from repro.runs.claim import LIVE
from repro.runs.ledger import TRACKING

MOST_ENTRIES = 5_000
MOST_DEPTH = 8

_WHILE_TRAINING = (".jsonl", ".log", ".checkpoint", ".lock", ".tmp")
"""Ends of names that change while a run trains and that no record needs."""

_UNSEEN = (".checkpoint", ".lock", ".tmp", ".log", ".pyc")
"""Ends of names that show on no page."""


@dataclass(frozen=True)
class Print:
    """What a folder looks like: ``of_site`` changes with what the site shows, ``of_live`` also while a run trains."""

    of_site: str
    of_live: str


def print_of(folder: Path) -> Print:
    """The print of a folder now. Links are noted and not followed; of a huge folder only the beginning is seen."""
    site, live = hashlib.sha256(), hashlib.sha256()
    waiting: list[tuple[str, int]] = [("", 0)]
    entries = 0
    while waiting and entries <= MOST_ENTRIES:
        inside, depth = waiting.pop()
        try:
            with os.scandir(Path(folder, inside)) as found:
                listed = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            site.update(f"{inside}\0{error.errno}\n".encode("utf-8", "replace"))
            continue
        for entry in listed:
            entries += 1
            if entries > MOST_ENTRIES:
                break
            name = f"{inside}/{entry.name}" if inside else entry.name
            facts = _facts(entry)
            if facts is None or entry.name.endswith(_UNSEEN):
                continue
            if stat.S_ISDIR(facts.st_mode):
                if depth < MOST_DEPTH and not entry.name.startswith(".") and name != f"runs/{TRACKING}":
                    waiting.append((name, depth + 1))
                continue
            line = f"{name}\0{facts.st_mode}\0{facts.st_mtime_ns}\0{facts.st_size}\0{facts.st_ino}\n"
            said = line.encode("utf-8", "surrogateescape")
            live.update(said)
            if not entry.name.endswith(_WHILE_TRAINING) and not name.startswith(f"runs/{LIVE}/"):
                site.update(said)
    of_site = site.hexdigest()
    live.update(of_site.encode())
    return Print(of_site, live.hexdigest())


def _facts(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None
