"""What lies where a file was looked for: the same name in another form, case or with another ending."""

import difflib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from repro.spec.similar_names import composed, similar

MOST_NAMES = 100_000
"""A folder of more names is not looked through."""


def near_file(folder: Path, name: str) -> str:
    """What to say of a file that is not in ``folder``: ``; there is b/A.wav, in other letters``, or nothing.

    ``name`` has forward slashes. Links are not followed below ``folder``.
    """
    here, path, how = folder, PurePosixPath(), ""
    for part in PurePosixPath(name).parts:
        if os.path.lexists(here / part):
            step = part
        else:
            step, some = near_name(part, _names(str(here), _changed(here)))
            how = how or some
        if not step or (here / step).is_symlink():
            return ""
        here, path = here / step, path / step
    return f"; there is {path}{how}" if how else ""


def near_name(name: str, names: Iterable[str]) -> tuple[str, str]:
    """The one of some names that is nearest, and in what it differs; both "" where none is near.

    >>> near_name("T1.WAV", ["t1.wav", "t2.wav"]), near_name("t1", ["t1.wav"]), near_name("t1.wav", ["t1.flac"])
    (('t1.wav', ', in other letters'), ('t1.wav', ', with its ending'), ('t1.flac', ', with another ending'))
    """
    every = sorted(names)
    stem = PurePosixPath(name).stem
    for how, is_it in (
        (", the same name in another Unicode form", lambda candidate: composed(candidate) == composed(name)),
        (", in other letters", lambda candidate: _plain(candidate) == _plain(name)),
        (", with its ending", lambda candidate: _plain(PurePosixPath(candidate).stem) == _plain(name)),
        (", with another ending", lambda candidate: _plain(PurePosixPath(candidate).stem) == _plain(stem)),
        (", with other spaces or marks", lambda candidate: bool(similar((candidate, name)))),
    ):
        if near := next(filter(is_it, every), ""):
            return near, how
    close = difflib.get_close_matches(name, every[:2000], 1, cutoff=0.85)
    return (close[0], ", spelt otherwise") if close else ("", "")


def _plain(name: str) -> str:
    return composed(composed(name).casefold())


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=64)
def _names(folder: str, changed: int) -> tuple[str, ...]:
    try:
        with os.scandir(folder) as entries:
            names = tuple(entry.name for _, entry in zip(range(MOST_NAMES), entries, strict=False))
    except OSError:
        return ()
    return tuple(name for name in names if not name.startswith(".") and _is_text(name))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
