"""Extract: an archive into a folder, safely and all or nothing."""

import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from filelock import FileLock

from repro.data.download.cache import not_done
from repro.data.download.download_error import DownloadError

MAX_BYTES = 2**36
MAX_FILES = 200_000
CHUNK_BYTES = 2**20

Member = tuple[str, IO[bytes] | None]
"""Name and content; None for a folder."""


def extract(archive: Path, folder: Path, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES) -> Path:
    """Unpack a tar or zip archive, once; gives ``folder``.

    The files go to a temporary folder beside it, which takes the name ``folder`` when all of them are there; where
    ``folder`` exists nothing is done. Names that are absolute, hold ``..`` or a drive letter, links and special files
    are refused, and so is more than ``max_bytes`` or ``max_files``, counted as they are written.

    Raises:
        DownloadError: no archive, damaged, or one of the above; nothing is left behind.

    """
    try:
        return _extracted(archive, folder, max_bytes, max_files)
    except OSError as error:
        raise DownloadError(f"{archive}: cannot be unpacked: {not_done(error, folder)}") from error


def _extracted(archive: Path, folder: Path, max_bytes: int, max_files: int) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if folder.is_dir():
            return folder
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary_folder:
            inside = Path(temporary_folder) / "all"
            inside.mkdir()
            try:
                _unpack(archive, inside, max_bytes, max_files)
            except (tarfile.TarError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
                raise DownloadError(f"{archive}: cannot be unpacked: {error}") from error
            inside.rename(folder)
    return folder


def _unpack(archive: Path, inside: Path, max_bytes: int, max_files: int) -> None:
    count = written = 0
    with _members(archive) as members:
        for name, content in members:
            count += 1
            if count > max_files:
                raise DownloadError(f"{archive}: holds more than {max_files} files")
            target = inside / _safe(archive, name)
            if content is None:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                while chunk := content.read(CHUNK_BYTES):
                    written += len(chunk)
                    if written > max_bytes:
                        raise DownloadError(f"{archive}: unpacks to more than {max_bytes} bytes")
                    out.write(chunk)


def _safe(archive: Path, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    windows = PureWindowsPath(name)
    if path.is_absolute() or windows.is_absolute() or windows.drive or "\\" in name or ".." in path.parts:
        raise DownloadError(f"{archive}: refuses to unpack {name!r}, which would lie outside the folder")
    return path


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[Member]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _zip_members(archive, opened)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as opened_tar:
            yield _tar_members(archive, opened_tar)
    else:
        raise DownloadError(f"{archive}: neither a tar nor a zip archive")


def _zip_members(archive: Path, opened: zipfile.ZipFile) -> Iterator[Member]:
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DownloadError(f"{archive}: refuses to unpack {info.filename!r}, which is a link or special file")
        if info.is_dir():
            yield info.filename, None
        else:
            with opened.open(info) as content:
                yield info.filename, content


def _tar_members(archive: Path, opened: tarfile.TarFile) -> Iterator[Member]:
    for info in opened:
        if info.isdir():
            yield info.name, None
        elif info.isreg():
            yield info.name, opened.extractfile(info)
        else:
            raise DownloadError(f"{archive}: refuses to unpack {info.name!r}, which is a link or special file")
