"""Fetch: a file of a data set, from the cache or from the first source that gives it."""

import contextlib
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from repro.data.download.cache import cached_path
from repro.data.download.download_error import DownloadError, cannot_have
from repro.data.download.pin import pin, pinned
from repro.data.download.progress import OnProgress
from repro.data.download.remote_file import RemoteFile
from repro.data.download.sources import sources
from repro.data.download.transfer import READ_SECONDS, TransferError, transfer
from repro.disk.atomic_write import atomic_file

log = logging.getLogger(__name__)


def fetch(file: RemoteFile, *, on_progress: OnProgress | None = None, read_seconds: float = READ_SECONDS) -> Path:
    """Where the file is, whole and checked; it is downloaded first where the cache does not hold it.

    The cache's copy is held against the checksum each time; a damaged one is fetched again, with a note in the log.
    A file without a known checksum is pinned when it first comes (:mod:`repro.data.download.pin`).
    Sources are tried in order (:func:`repro.data.download.sources.sources`). A download goes to a temporary file
    beside the target, which it replaces once it is whole and on the disk, so no half file is ever read. Of several
    processes that want the file at once, one downloads it and the others wait.

    Args:
        file: what to fetch.
        on_progress: told the bytes that have come; without it a bar is drawn where stderr is a terminal.
        read_seconds: longest silence of a server before the next source is tried.

    Raises:
        DownloadError: no source gave it; says what was tried and what to do.

    """
    path = cached_path(file)
    file = pinned(file)
    if _is_right(path, file):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        with _waiting(lock, file):
            file = pinned(file)
            if path.is_file() and file.checksum is None and not file.checked_inside:
                pin(file, _hash(path, "sha256"))
                return path
            if path.is_file():
                if _is_right(path, file):
                    return path
                log.warning("%s is damaged and is fetched again", path)
            _download(file, path, on_progress, read_seconds)
            if file.checksum is None and not file.checked_inside:
                pin(file, _hash(path, "sha256"))
    except OSError as error:
        raise DownloadError(
            f"{file.dataset}: {path} cannot be written: {error.strerror}. Set REPRO_DATA to a folder that can be."
        ) from error
    return path


def _download(file: RemoteFile, path: Path, on_progress: OnProgress | None, read_seconds: float) -> None:
    tried: list[str] = []
    for source in sources(file):
        try:
            with atomic_file(path) as out:
                transfer(file, source, out, on_progress=on_progress, read_seconds=read_seconds)
        except TransferError as error:
            tried.append(f"{source}: {error}")
            log.info("%s: %s", source, error)
        else:
            for failed in tried:
                log.warning("%s came from %s after %s", file.name, source, failed)
            return
    raise cannot_have(file, path, tried)


@contextlib.contextmanager
def _waiting(lock: FileLock, file: RemoteFile) -> Iterator[None]:
    """Hold the lock; say so when another process has it."""
    try:
        lock.acquire(timeout=2)
    except Timeout:
        log.warning("%s is being downloaded by another process; waiting for it", file.name)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _is_right(path: Path, file: RemoteFile) -> bool:
    """Whether the cache holds the file, with the checksum that it must have."""
    if file.checked_inside and file.checksum is None:
        return path.is_file()
    return path.is_file() and file.checksum is not None and _hash(path, file.checksum[0]) == file.checksum[1]


def _hash(path: Path, algorithm: str) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, algorithm).hexdigest()
