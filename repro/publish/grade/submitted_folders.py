"""Which folders are looked at: those named, those in a folder of folders, those of the roster that are not there."""

import os
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from repro.publish.assignments.course import Course, Student
from repro.spec.load import NAMES

INSIDE = 12
"""A student's folder may hold so many studies; with more it is one row."""


@dataclass(frozen=True)
class SubmittedFolder:
    """A folder to look at, what to call it, and whose it is."""

    folder: Path
    shown: str
    students: tuple[Student, ...] = ()


def has_spec(folder: Path) -> bool:
    """Whether anything in a folder is called like a spec, whatever it is."""
    return any(os.path.lexists(folder / name) for name in NAMES)


def is_of_folders(path: Path) -> bool:
    """Whether this is a folder of students' folders, and not a student's own."""
    return not has_spec(path) and any(has_spec(child) or _studies(child) for child in _inside(path))


def submissions(roots: Sequence[Path]) -> list[Path]:
    """The folders in those of ``roots`` that hold others' folders, and the studies in each."""
    of_others = [folder for root in roots if is_of_folders(root) for folder in _inside(root)]
    return [at for folder in of_others for at in (folder, *([] if has_spec(folder) else _studies(folder)))]


def submitted_folders(paths: Sequence[Path], course: Course) -> list[SubmittedFolder]:
    """All folders, each once, in the order of the command line and then of their names.

    Args:
        paths: folders, folders of folders, or spec files.
        course: its roster tells whose they are. Students whose folder should be in one of ``paths`` and is not there
            stand at the end.

    """
    roots = [path.parent if path.name in NAMES else path for path in paths]
    whose = {name: _absolute(_home(course) / student.folder) for name, student in course.roster.items()}
    labels: dict[Path, str] = {}
    for root in roots:
        for folder in _of_root(root, set(whose.values())):
            shown = os.path.relpath(folder, root) if len(roots) == 1 and folder != root else str(folder)
            labels.setdefault(_absolute(folder), shown)
    rows = [SubmittedFolder(at, shown, _students(at, whose, course)) for at, shown in labels.items()]
    known = {student.name for row in rows for student in row.students}
    for name, at in whose.items():
        above = [root_path for root_path in map(_absolute, roots) if at != root_path and at.is_relative_to(root_path)]
        if name not in known and above:
            rows.append(SubmittedFolder(at, os.path.relpath(at, above[0]), (course.roster[name],)))
    return rows


def _of_root(root: Path, whose: Set[Path]) -> list[Path]:
    """The folders of a root. One in it is not a single student's where the roster's folders lie in it."""
    is_rosters = not has_spec(root) and any(at.parent == _absolute(root) and at.is_dir() for at in whose)
    if not is_rosters and not is_of_folders(root):
        return [root]
    folders = []
    for child in _inside(root):
        studies = [] if has_spec(child) else _studies(child)
        if any(_absolute(child) in at.parents for at in whose) and not child.is_symlink():
            folders += _of_root(child, whose)
        else:
            folders += studies if 0 < len(studies) <= INSIDE else [child]
    return folders


def _studies(folder: Path) -> list[Path]:
    return (
        []
        if folder.is_symlink()
        else [child for child in _inside(folder) if not child.is_symlink() and has_spec(child)]
    )


def _inside(folder: Path) -> list[Path]:
    """The folders in a folder, by their names; hidden ones left out, links too where they lead to no folder."""
    try:
        with os.scandir(folder) as scan:
            names = [entry.name for entry in scan if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _students(at: Path, whose: dict[str, Path], course: Course) -> tuple[Student, ...]:
    return tuple(course.roster[name] for name, home in whose.items() if at == home or at.is_relative_to(home))


def _home(course: Course) -> Path:
    return Path() if course.path is None else course.path.parent


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
