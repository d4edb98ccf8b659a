"""The one way in which this project writes a file that must never be seen half written."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from repro.disk.untrusted_files import folder_inside

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_ADD = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def write_atomically(path: Path, data: bytes | str, *, within: Path | None = None) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never a part of either.

    Text is UTF-8 with its line ends as they are, and ``?`` for what is no text (bytes of a file's name).
    See :func:`atomic_file` for what is promised.

    Raises:
        OutsideError: a link on the way leads out of ``within``.
        OSError: the disk is full, the folder is not writable and the like. ``path`` is then as it was, and no
            temporary file is left.

    """
    with atomic_file(path, within=within) as file:
        file.write(data.encode("utf-8", "replace") if isinstance(data, str) else data)


@contextlib.contextmanager
def atomic_file(path: Path, *, within: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write into that becomes ``path`` when the block ends, and nothing when the block raises.

    It is a temporary file in the same folder. At the end it is flushed to the disk and renamed over ``path``; then the
    folder is flushed too, so that the new name survives a power cut. Folders that are missing are made. A process
    that is killed in between leaves a file ``.NAME.*.tmp``, which :func:`remove_leftovers` removes.

    Args:
        path: what it becomes. A link of that name is replaced, not written through.
        within: a folder that somebody else may have made, such as a study's: no link below it is followed out of it.
            None for a place that the user named, or that is this project's own.

    Raises:
        OutsideError: a link on the way leads out of ``within``.
        OSError: the disk is full, the folder is not writable and the like. ``path`` is then as it was.

    """
    path = Path(path)
    with folder_inside(path.parent, path.parent if within is None else within, make=True) as folder:
        at = folder if isinstance(folder, int) else None
        home = f"{folder}{os.sep}" if at is None else ""
        temporary = f"{home}.{path.name[:60]}.{secrets.token_hex(6)}.tmp"
        try:
            with os.fdopen(os.open(temporary, _NEW, 0o600, dir_fd=at), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, _mode(f"{home}{path.name}", at), dir_fd=at)
            os.replace(temporary, f"{home}{path.name}", src_dir_fd=at, dst_dir_fd=at)
        except BaseException as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=at)
            if isinstance(error, OSError) and error.errno is not None and error.filename in (None, temporary):
                error.filename = str(path)  # a full disk is found while writing, where the system names no file
            raise
        _flush_folder(folder)


def probe_writable(folder: Path, within: Path) -> None:
    """Make a file in ``folder``, or where it is missing in the nearest one above it, and remove it at once.

    Raises:
        OutsideError: a link on the way leads out of ``within``.
        OSError: no file can be made there.

    """
    while folder != within and not os.path.lexists(folder):
        folder = folder.parent
    with folder_inside(folder, within) as opened:
        at = opened if isinstance(opened, int) else None
        name = f".{secrets.token_hex(6)}.tmp"
        name = name if at is not None else f"{opened}{os.sep}{name}"
        os.close(os.open(name, _NEW, 0o600, dir_fd=at))
        os.unlink(name, dir_fd=at)


@contextlib.contextmanager
def open_to_append(path: Path, within: Path, *, fresh: bool = False) -> Iterator[BinaryIO]:
    """A file below the folder ``within``, open to add to its end; with ``fresh`` it is begun anew.

    What stands in its place and is no plain file (a link, a pipe) is removed and never written through.

    Raises:
        OutsideError: a link on the way leads out of ``within``.
        OSError: the folder is not writable and the like.

    """
    with folder_inside(path.parent, within, make=True) as folder:
        at = folder if isinstance(folder, int) else None
        name = path.name if at is not None else str(path)
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=at)
        end = os.O_TRUNC if fresh else os.O_APPEND
        handle = os.open(name, _ADD | end, 0o666, dir_fd=at)
    with os.fdopen(handle, "wb") as file:
        yield file


def remove_leftovers(path: Path) -> int:
    """Remove what killed writers of ``path`` left beside it; returns how many files.

    Only for whoever holds the lock under which ``path`` is written: it would take a living writer's file away.
    """
    left = list(path.parent.glob(f".{path.name[:60]}.*.tmp")) if path.parent.is_dir() else []
    for temporary in left:
        temporary.unlink(missing_ok=True)
    return len(left)


def _mode(name: str, at: int | None) -> int:
    """The rights of the file that is replaced, else those that a plain ``open`` would give."""
    with contextlib.suppress(OSError):
        facts = os.stat(name, dir_fd=at, follow_symlinks=False)
        if stat.S_ISREG(facts.st_mode):
            return facts.st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _flush_folder(folder: "int | Path") -> None:
    """Flush the folder's own entry; a file system or system that cannot (Windows) is left alone."""
    with contextlib.suppress(OSError):
        if isinstance(folder, int):
            os.fsync(folder)
