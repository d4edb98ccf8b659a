"""Files of a folder that somebody else may have made: nothing is read or written outside of it, whatever it links to.

A name below the folder is walked part by part from the folder's own descriptor, and no part is opened through a link.
A link is read and followed by hand, and only as far as it stays in the folder, so that a folder's own order of links
works, and one that leads out is refused; what is changed while it is walked cannot lead out either. Pipes, sockets and
devices are no files, and no more than a bound is read. On a system without such descriptors (Windows) the real path is
compared instead.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MOST_LINKS = 40
"""Links on the way to one file, as systems count them."""

_BY_DESCRIPTOR = {os.open, os.mkdir, os.stat, os.readlink} <= os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a pipe is opened at once, seen as one, and closed
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class OutsideError(OSError):
    """A name that leads out of the folder in which it stands; nothing behind it was looked at."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ELOOP, "is a link that leads out of the folder; it was not followed", str(path))


def read_inside(path: Path, within: Path, most: int) -> bytes:
    """The content of a plain file below the folder ``within``.

    Args:
        path: of the file, beginning with ``within``.
        within: the folder out of which nothing is read. It may be a link itself: whoever names it means it.
        most: the most bytes that are read.

    Raises:
        OutsideError: a link leads out of the folder.
        OSError: not there, no plain file, larger than ``most``.

    """
    with opened_inside(path, within) as file:
        data = file.read(most + 1)
    if len(data) > most:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{max(most // 1024, 1)} KB"
        raise OSError(errno.EFBIG, f"is larger than {size}", str(path))
    return data


def text_inside(path: Path, within: Path, most: int) -> str:
    """The same as text. Raises UnicodeDecodeError, a ValueError, where it is not UTF-8."""
    return read_inside(path, within, most).decode("utf-8")


@contextlib.contextmanager
def opened_inside(path: Path, within: Path) -> Iterator[BinaryIO]:
    """A plain file below the folder ``within``, open for reading. Raises as :func:`read_inside` does."""
    handle = _open_file(path, within)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise _not_a_file(path, mode)
    with os.fdopen(handle, "rb") as file:
        yield file


def is_file_inside(path: Path, within: Path) -> bool:
    """Whether :func:`opened_inside` would open a plain file."""
    try:
        with opened_inside(path, within):
            return True
    except (OSError, ValueError):
        return False


def is_folder_inside(path: Path, within: Path) -> bool:
    """Whether a folder is there, and no link leads out of ``within`` on the way to it."""
    try:
        with folder_inside(path, within):
            return True
    except (OSError, ValueError):
        return False


def names_inside(path: Path, within: Path) -> list[str]:
    """The sorted names in a folder below ``within``. Raises OutsideError, OSError."""
    with folder_inside(path, within) as folder:
        return sorted(os.listdir(folder))


def check_inside(path: Path, within: Path) -> None:
    """Raise OutsideError where a link on the way to a folder leads out of ``within``; it need not be there."""
    with contextlib.suppress(FileNotFoundError), folder_inside(path, within):
        pass


def make_inside(path: Path, within: Path) -> Path:
    """Make a folder below ``within``, and those on the way that are missing; gives its path.

    For what libraries and locks write by name: after this no link on the way leads out.

    Raises:
        OutsideError: a link on the way leads out of the folder.
        OSError: it cannot be made.

    """
    with folder_inside(path, within, make=True):
        return path


@contextlib.contextmanager
def folder_inside(path: Path, within: Path, *, make: bool = False) -> Iterator["int | Path"]:
    """A folder below ``within``: an open descriptor of it, or its path on a system that cannot work with descriptors.

    Args:
        path: of the folder, beginning with ``within``.
        within: the folder that is not left.
        make: make what is missing, ``within`` itself included.

    Raises:
        OutsideError: a link on the way leads out of the folder.
        OSError: it is not there, is no folder, or cannot be made.

    """
    parts = _parts(path, within)
    if make:
        within.mkdir(parents=True, exist_ok=True)
    if not _BY_DESCRIPTOR:
        if make:
            _checked(path, within).mkdir(parents=True, exist_ok=True)
        os.listdir(_checked(path, within))
        yield path
        return
    with _walk(within) as walk:
        walk.go(parts, path, make=make)
        yield walk.here


def _open_file(path: Path, within: Path) -> int:
    parts = _parts(path, within)
    if not _BY_DESCRIPTOR:
        return os.open(_checked(path, within), _FILE)
    if not parts:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with _walk(within) as walk:
        name = walk.go_to_parent(parts, path)
        try:
            return os.open(name, _FILE | os.O_NOFOLLOW, dir_fd=walk.here)
        except OSError as error:
            if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a socket
                raise OSError(error.errno, "is a socket or a device, not a file", str(path)) from None
            error.filename = str(path)
            raise


class _Walk:
    """Descriptors of the folders from the outermost to where one stands; going up never leaves the outermost."""

    def __init__(self, within: Path) -> None:
        self.within = within
        self.open = [os.open(within, _FOLDER)]
        self.links = 0

    @property
    def here(self) -> int:
        return self.open[-1]

    def go(self, parts: list[str], path: Path, *, make: bool = False) -> None:
        """Stand in the folder that these parts lead to."""
        waiting = list(reversed(parts))
        while waiting:
            part = waiting.pop()
            if part == os.pardir:
                if len(self.open) == 1:
                    raise OutsideError(path)
                os.close(self.open.pop())
                continue
            try:
                self.open.append(os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=self.here))
            except FileNotFoundError as error:
                if not make:
                    error.filename = str(path)
                    raise
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=self.here)
                waiting.append(part)
            except OSError as error:
                target = self.link(part, path)
                if target is None:
                    error.filename = str(path)
                    raise
                waiting.extend(reversed(target))

    def go_to_parent(self, parts: list[str], path: Path) -> str:
        """Stand in the folder that holds the file which these parts lead to; gives its name there, which is no link."""
        while True:
            self.go(parts[:-1], path)
            if parts[-1] == os.pardir:
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            target = self.link(parts[-1], path)
            if target is None:
                return parts[-1]
            parts = target

    def link(self, name: str, path: Path) -> list[str] | None:
        """The parts that a link in the folder here leads to; None for what is no link."""
        try:
            target = os.readlink(name, dir_fd=self.here)
        except OSError:  # EINVAL: no link; or not there, which is said when it is opened
            return None
        self.links += 1
        if self.links > MOST_LINKS:
            raise OSError(errno.ELOOP, "is a link that leads round in a circle", str(path))
        if os.path.isabs(target):
            home = os.path.realpath(self.within)
            if os.path.commonpath([home, os.path.normpath(target)]) != home:
                raise OutsideError(path)
            for folder in self.open[1:]:
                os.close(folder)
            del self.open[1:]
            target = os.path.relpath(os.path.normpath(target), home)
        return [part for part in target.split(os.sep) if part not in ("", os.curdir)] or [os.curdir]

    def close(self) -> None:
        for folder in self.open:
            os.close(folder)


@contextlib.contextmanager
def _walk(within: Path) -> Iterator[_Walk]:
    walk = _Walk(within)
    try:
        yield walk
    finally:
        walk.close()


def _parts(path: Path, within: Path) -> list[str]:
    """The parts of a path below the folder. ValueError where it does not begin with the folder, or holds a null."""
    parts = list(path.relative_to(within).parts)
    if any("\0" in part for part in parts):
        raise ValueError("a name holds a null character")
    return parts


def _checked(path: Path, within: Path) -> Path:
    """The path, where its real place is in the folder: for systems without descriptors of folders."""
    _parts(path, within)
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(within)):
        raise OutsideError(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise _not_a_file(path, path.stat().st_mode)
    return path


def _not_a_file(path: Path, mode: int) -> OSError:
    if stat.S_ISDIR(mode):
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return OSError(errno.EINVAL, "is a pipe, a socket or a device, not a file", str(path))
