"""Map files: float32 arrays that are too large for memory, computed once into the cache folder and mapped from there.

They lie in ``made/`` of the cache folder (``REPRO_DATA`` moves it) and are named after all that decides their content,
so every process that wants the same array maps the same file, and the system keeps one copy of it in its page cache
for all of them. Any of them may be deleted at any time: one in use stays readable to whoever has it, and is computed
again by the next who wants it. Those used least are deleted when space is wanted (:mod:`repro.data.cache_eviction`).

A file is a head of :data:`HEAD_BYTES` bytes, JSON, and then the values. It gets its name when it is whole and on the
disk; a file whose head or size is not what it must be is made again. Values are not hashed again: that would read all.
"""

import contextlib
import hashlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from math import prod
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch import Tensor

from repro.data.arrays import AnyArray
from repro.data.cache_eviction import lock_of, make_room
from repro.data.data_error import DataError
from repro.data.download.cache import cache_folder
from repro.disk.atomic_write import atomic_file, remove_leftovers

HEAD_BYTES = 4096
"""Length of the head: a page, so that the values are aligned."""

log = logging.getLogger(__name__)


def cached_memmap(key: str, shape: tuple[int, ...], chunks: Callable[[], Iterable[Tensor]], *, what: str) -> AnyArray:
    """The array ``(N, *sizes)`` of this key, float32, as a read-only map of its file.

    Args:
        key: all that decides the content, as text.
        shape: of the whole array.
        chunks: computes it, where there is no such file yet: items in order, ``(n, *sizes)`` float32.
        what: the array in words, for messages.

    Raises:
        DataError: no room on the disk, or the folder cannot be written.

    """
    head = _head(key, shape)
    path = memmap_folder() / f"{hashlib.sha256(head).hexdigest()[:40]}.map"
    size = HEAD_BYTES + 4 * prod(shape)
    if (array := _opened(path, head, shape)) is not None:
        return array
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wait_for_lock(lock_of(path), what):
            if (array := _opened(path, head, shape)) is not None:
                return array
            if path.exists():
                log.warning("%s is damaged and is made again", path)
                path.unlink()
            remove_leftovers(path)
            make_room(path, size, what)
            _write(path, head, chunks(), size)
            array = _opened(path, head, shape)
    except OSError as error:
        raise DataError(
            f"{what} take {size / 2**30:.2f} GB and go to a file, but {path} cannot be written: "
            f"{error.strerror or error}. Set REPRO_DATA to a folder where it can be."
        ) from error
    if array is None:
        raise DataError(f"{path}: was written and cannot be read back; is something else writing there?")
    return array


def memmap_folder() -> Path:
    """Where map files lie."""
    return cache_folder() / "made"


def as_tensor(array: AnyArray) -> Tensor:
    """A tensor that shares an array's memory, also where that is read-only: the tensor must then not be written to."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not writable", category=UserWarning)
        return torch.from_numpy(array)


def _head(key: str, shape: tuple[int, ...]) -> bytes:
    fields = {"repro map": 1, "dtype": f"float32 {sys.byteorder}", "shape": shape}
    text = json.dumps({**fields, "key": hashlib.sha256(key.encode()).hexdigest()})
    return text.encode().ljust(HEAD_BYTES - 1) + b"\n"


def _opened(path: Path, head: bytes, shape: tuple[int, ...]) -> AnyArray | None:
    """The array of a whole file, None where there is none."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != HEAD_BYTES + 4 * prod(shape) or file.read(HEAD_BYTES) != head:
                return None
            array = np.memmap(file, dtype=np.float32, mode="r", offset=HEAD_BYTES, shape=shape)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # when it was last used
    return array


def _write(path: Path, head: bytes, chunks: Iterable[Tensor], size: int) -> None:
    with atomic_file(path) as file:
        file.write(head)
        for chunk in chunks:
            file.write(np.ascontiguousarray(chunk.numpy(), dtype=np.float32).data)
        if file.tell() != size:
            raise DataError(f"{path}: {file.tell()} bytes were computed; expected {size}")


@contextlib.contextmanager
def wait_for_lock(lock: FileLock, what: str) -> Iterator[None]:
    """Hold the lock; say so when another process has it."""
    try:
        lock.acquire(timeout=2)
    except Timeout:
        log.warning("%s are being computed by another process; waiting for it", what)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
