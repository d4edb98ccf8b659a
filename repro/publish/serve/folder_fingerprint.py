"""What a folder looks like, by names, times and sizes alone: nothing is opened, no link is followed."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from repro.publish.site.fingerprint import fingerprint as site_fingerprint
from repro.runs.lease import LIVE

MOST_RUNS = 20_000
"""Files of runs that are looked at."""


@dataclass(frozen=True)
class Fingerprint:
    """What a folder looks like: ``of_site`` changes with what the site shows, ``of_live`` also while a run trains."""

    of_site: str
    of_live: str


def folder_fingerprint(folder: Path) -> Fingerprint:
    """The fingerprint of a folder now. Links are noted and not followed."""
    records, growing = hashlib.sha256(), hashlib.sha256()
    for number, (name, facts) in enumerate(_of_runs(folder)):
        if number >= MOST_RUNS:
            break
        digest = records if name.endswith(".json") and not name.startswith(f"{LIVE}/") else growing
        line = (name, facts.st_size, facts.st_mtime_ns, facts.st_ino)
        digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    # of a folder too large to be seen whole its records at least
    of_site = site_fingerprint(folder) or records.hexdigest()
    growing.update(of_site.encode())
    return Fingerprint(of_site, growing.hexdigest())


def _of_runs(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Records, journals and claims, ``RUNG/NAME``, by name."""
    for rung in _listed(folder / "runs"):
        if rung.is_dir(follow_symlinks=False):
            for entry in _listed(Path(rung.path)):
                if entry.name.endswith((".json", ".jsonl")):
                    try:
                        yield f"{rung.name}/{entry.name}", entry.stat(follow_symlinks=False)
                    except OSError:  # gone since
                        continue


def _listed(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as scan:
            return sorted(scan, key=lambda entry: entry.name)
    except OSError:
        return []
