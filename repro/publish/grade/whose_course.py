"""Which course file counts for the folders that a teacher looks at: one above them all, never a student's own."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.publish.assignments.read_course import ABOVE, FILE
from repro.publish.grade.submitted_folders import submissions
from repro.spec.load import NAMES


class CourseError(Exception):
    """Several files could be the course's; says which."""


@dataclass(frozen=True)
class CourseChoice:
    """The course's file, None where none counts; ``notes`` name each file that was seen and does not count."""

    path: Path | None
    notes: tuple[str, ...] = ()


def choose_course(folders: Sequence[Path]) -> CourseChoice:
    """Find the course's file for some folders.

    It lies above all of them, three folders up at most; the outermost counts, since a student may put one into a
    folder of their own. One that lies in a folder that is named, or in one that this holds, never counts.

    Args:
        folders: studies, folders that hold them, or spec files.

    Raises:
        CourseError: the folders lie below different files.

    """
    homes = list(dict.fromkeys(_absolute(folder.parent if folder.name in NAMES else folder) for folder in folders))
    above = [[at / FILE for at in home.parents[:ABOVE] if (at / FILE).is_file()] for home in homes]
    every = list(dict.fromkeys(path for files in above for path in files))
    shared = [path for path in every if all(path in files for files in above)]
    outermost = {files[-1] for files in above if files}
    if not shared and len(outermost) > 1:
        raise CourseError(f"these folders have several courses ({', '.join(map(_shown, every))}); choose with --course")
    chosen = shared[-1] if shared else None
    reasons = {path: "it does not lie above all the folders named" for path in every if path not in shared}
    reasons |= {path: f"{_shown(path.parent)} lies below another's" for path in shared[:-1]}
    for path in (home / FILE for home in homes if os.path.lexists(home / FILE)):
        reasons[path] = "it lies in a folder that is looked at"
    for submission in submissions(homes):
        if os.path.lexists(submission / FILE):
            reasons.setdefault(submission / FILE, "it lies in a folder that is looked at")
    notes = [
        f"{_shown(path)} does not count: {why}; a teacher says --course {_shown(path)}"
        for path, why in reasons.items()
        if path != chosen
    ]
    return CourseChoice(None if chosen is None else Path(_shown(chosen)), tuple(notes))


def _shown(path: Path) -> str:
    """A place, from here on where it lies below."""
    at = os.path.relpath(path)
    return str(path) if at.startswith(os.pardir) else at


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
