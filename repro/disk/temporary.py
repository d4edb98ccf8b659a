"""Folders for temporary files that do not outlive their process for long, though it be killed."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where a folder of a process that was killed stays
    fcntl = None  # type: ignore[assignment]

PREFIXES = tuple(f"repro-{what}-" for what in ("own", "workers", "ranks", "plan", "determinism", "verify"))
"""How the names of all such folders begin."""

_ALIVE = ".alive"
"""A file in each folder that its process holds locked; the system lets go of it however the process ends."""


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A new folder, gone after the block; :func:`sweep` removes that of a process which was killed in it.

    Args:
        prefix: how its name begins, one of :data:`PREFIXES`.

    """
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name, _locked(Path(name)):
        yield Path(name)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    new = folder / f"{_ALIVE}.new"
    with new.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        new.rename(folder / _ALIVE)  # only now may others look whether anybody holds it
        yield


def sweep() -> None:
    """Remove this user's folders that no living process holds."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if not entry.name.startswith(PREFIXES) or not entry.is_dir(follow_symlinks=False):
                continue
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                    _remove_if_dead(Path(entry.path))


def _remove_if_dead(folder: Path) -> None:
    with contextlib.suppress(BlockingIOError), _opened(folder / _ALIVE) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK), "rb+")
