"""Which folders are on the site, what each is called there, and the name of its page."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.publish.assignments.course import Course, Student
from repro.publish.grade.submitted_folders import submitted_folders

LONGEST = 60
"""Characters of a page's name."""

_TAKEN = frozenset({"con", "prn", "aux", "nul", *(f"{port}{at}" for port in ("com", "lpt") for at in range(10))})
"""Names that no file may have on Windows, whatever its ending."""


@dataclass(frozen=True)
class Place:
    """A folder, what it is called, whose it is, and its page in the site."""

    folder: Path
    shown: str
    students: tuple[Student, ...]
    page: str

    @property
    def who(self) -> list[str]:
        """Names of those in the roster whose folder it is."""
        return [student.name for student in self.students]


def places(folders: Sequence[Path], course: Course) -> list[Place]:
    """All folders that are there, each once; places are told from what they have in common, never from the root.

    Args:
        folders: folders, folders of folders, or spec files.
        course: its roster tells whose they are. Nothing is shown of students who have no folder.

    """
    submitted = [submission for submission in submitted_folders(folders, course) if os.path.lexists(submission.folder)]
    absolute = [_absolute(submission.folder) for submission in submitted]
    shown = _from_common(absolute)
    names = _names(shown)
    return [
        Place(at, label, submission.students, f"folders/{name}.html")
        for at, label, submission, name in zip(absolute, shown, submitted, names, strict=True)
    ]


def page_name(shown: str) -> str:
    """A name for a page: plain where the folder's is plain, else with the beginning of a hash.

    >>> page_name("papers/mnist1d"), page_name("Zoë's")
    ('papers-mnist1d', 'zo-s-50acc6')
    """
    plain = re.sub(r"[^a-z0-9_]+", "-", shown.lower()).strip("-")[:LONGEST]
    is_lossless = plain == shown.replace("/", "-") and plain not in _TAKEN
    return plain if is_lossless else f"{plain}-{_hash(shown)}".strip("-")


def _names(shown: Sequence[str]) -> list[str]:
    """A name for each, no two the same."""
    names = list(map(page_name, shown))
    several = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}-{_hash(label)}" if name in several else name for name, label in zip(names, shown, strict=True)]


def _hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:6]


def _from_common(folders: Sequence[Path]) -> list[str]:
    if len(folders) < 2:
        return [folder.name or "study" for folder in folders]
    common = os.path.commonpath([folder.parent for folder in folders])
    return [os.path.relpath(folder, common).replace(os.sep, "/") for folder in folders]


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
