"""Which of many folders have changed: all of them looked at twice a second, at little cost."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.publish.serve.folder_fingerprint import Fingerprint, folder_fingerprint

WARM_SECONDS = 20.0
"""After a change a folder is looked at whole for so long, as more is likely to come."""

BUDGET_SECONDS = 0.04
"""What may be spent at a time on looking whole at folders in which nothing seems to have changed."""


@dataclass
class _Known:
    seen: Fingerprint
    places: tuple[tuple[str, int], ...]
    looked: float
    changed: float


class FolderWatcher:
    """Gives the prints of folders again and again.

    A record is written by a rename, which leaves its mark on the folder that it lies in; so it is enough to ask for the
    times of a few folders. What changes a file in its place (an editor, a journal) shows in a folder that is warm at
    once, and elsewhere when its turn comes to be looked at whole, which takes a second or two with a hundred folders.
    """

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def prints(self, folders: Sequence[Path]) -> dict[Path, Fingerprint]:
        """The print of each folder now."""
        self._known = {folder: known for folder in folders if (known := self._known.get(folder)) is not None}
        now = time.monotonic()
        cold = []
        for folder in folders:
            known = self._known.get(folder)
            if known is None or now - known.changed < WARM_SECONDS or known.places != _marks(known.places):
                self._look(folder, now)
            else:
                cold.append(folder)
        until = time.monotonic() + BUDGET_SECONDS
        for folder in sorted(cold, key=lambda path: self._known[path].looked):
            if time.monotonic() > until:
                break
            self._look(folder, now)
        return {folder: self._known[folder].seen for folder in folders}

    def _look(self, folder: Path, now: float) -> None:
        places = _marks([(str(place), 0) for place in _places(folder)])  # first: what comes in between shows next time
        current, known = folder_fingerprint(folder), self._known.get(folder)
        is_new = known is None or known.seen != current
        self._known[folder] = _Known(current, places, now, now if known is None or is_new else known.changed)


def _places(folder: Path) -> list[Path]:
    """The folders in which something of a study may appear."""
    runs = folder / "runs"
    try:
        with os.scandir(runs) as scan:
            rungs = sorted(runs / entry.name for entry in scan if entry.is_dir(follow_symlinks=False))
    except OSError:
        rungs = []
    return [folder, runs, *rungs, folder / "results", folder / "results" / "records"]


def _marks(places: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The places with the times of their last change; 0 where there is none."""
    marks = []
    for place, _ in places:
        try:
            marks.append((place, os.lstat(place).st_mtime_ns))
        except OSError:
            marks.append((place, 0))
    return tuple(marks)
