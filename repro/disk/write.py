"""The one way in which this project writes a file that must never be seen half written."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write ``data`` to ``path`` so that a reader sees the old file or the new one, never a part of either.

    Text is UTF-8 with its line ends as they are. See :func:`written_whole` for what is promised.

    Raises:
        OSError: the disk is full, the folder is not writable and the like. ``path`` is then as it was, and no
            temporary file is left.

    """
    with written_whole(path) as file:
        file.write(data.encode("utf-8") if isinstance(data, str) else data)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into that becomes ``path`` when the block ends, and nothing when the block raises.

    It is a temporary file in the same folder. At the end it is flushed to the disk and renamed over ``path``; then the
    folder is flushed too, so that the new name survives a power cut. Folders that are missing are made. A process
    that is killed in between leaves a file ``.NAME.*.tmp``, which :func:`swept` removes.

    Raises:
        OSError: the disk is full, the folder is not writable and the like. ``path`` is then as it was.

    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            error.filename = str(path)  # a full disk is found while writing, where the system names no file
        raise
    _flush_folder(path.parent)


def swept(path: Path) -> int:
    """Remove what killed writers of ``path`` left beside it; returns how many files.

    Only for whoever holds the lock under which ``path`` is written: it would take a living writer's file away.
    """
    left = list(path.parent.glob(f".{path.name[:60]}.*.tmp")) if path.parent.is_dir() else []
    for temporary in left:
        temporary.unlink(missing_ok=True)
    return len(left)


def _mode(path: Path) -> int:
    """The rights of the file that is replaced, else those that a plain ``open`` would give."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _flush_folder(folder: Path) -> None:
    """Flush the folder's own entry; a file system or system that cannot (Windows) is left alone."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
