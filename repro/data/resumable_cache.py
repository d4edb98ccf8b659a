"""Grown files: arrays whose length is known only once they are computed, written chunk by chunk and mapped.

They lie beside the map files (:mod:`repro.data.memmap_cache`) and are like them in all else: named after all that
decides their content, shared by whoever wants it, deleted when space is wanted. While one grows it is
``.NAME.growing``, with a line for each finished chunk in ``.NAME.journal``; whoever builds it next goes on behind the
last chunk that is whole, by its checksum.

A finished file is a head of :data:`HEAD_BYTES` bytes, JSON, the values, and then for each value its owner and its
place, where items were cut into segments.
"""

import contextlib
import hashlib
import json
import logging
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.build_progress import BuildProgress, OnComputed
from repro.data.cache_eviction import lock_of, make_room
from repro.data.data_error import DataError
from repro.data.features.signals import Signals
from repro.data.memmap_cache import HEAD_BYTES, memmap_folder, wait_for_lock

CHECKED_BYTES = 2**28
"""A file of up to so many bytes of values is read and held against its checksums whenever it is opened: 0.1 s."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class CachedFeatures:
    """``values`` float32 ``(M, *sizes)``, read only; ``owners`` and ``places`` int64 ``(M,)``, or None."""

    values: AnyArray
    owners: IntArray | None
    places: IntArray | None


Compute = Callable[[Sequence[IntArray]], Iterable[Signals]]
"""Chunks of items to their values, in order; owners are places in the chunk."""


def cached_features(
    key: str,
    sizes: tuple[int, ...],
    chunks: Sequence[IntArray],
    compute: Compute,
    *,
    what: str,
    on_computed: OnComputed | None = None,
) -> CachedFeatures:
    """The array of this key.

    Args:
        key: all that decides the content, as text.
        sizes: of one value.
        chunks: the items of each chunk, in order.
        compute: called with the chunks that are not there yet.
        what: the array in words, for messages.
        on_computed: told how far it is.

    Raises:
        DataError: no room on the disk, the folder cannot be written, or what ``compute`` raises.

    """
    digest = hashlib.sha256(json.dumps(["grown 1", f"float32 {sys.byteorder}", sizes, key]).encode()).hexdigest()
    path = memmap_folder() / f"{digest[:40]}.map"
    if (features := _opened(path, digest, sizes)) is not None:
        return features
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wait_for_lock(lock_of(path), what):
            if (features := _opened(path, digest, sizes)) is not None:
                return features
            if path.exists():
                log.warning("%s is damaged and is made again", path)
                path.unlink()
            with BuildProgress(what, sum(map(len, chunks)), on_computed) as progress:
                _ResumableWriter(path, digest, sizes, what).grow(chunks, compute, progress)
            features = _opened(path, digest, sizes)
    except OSError as error:
        raise DataError(
            f"{what} go to a file, but {path} cannot be written: {error.strerror or error}. "
            "Set REPRO_DATA to a folder where it can be."
        ) from error
    if features is None:
        raise DataError(f"{path}: was written and cannot be read back; is something else writing there?")
    return features


class _ResumableWriter:
    def __init__(self, path: Path, digest: str, sizes: tuple[int, ...], what: str) -> None:
        self.path, self.digest, self.sizes, self.what = path, digest, sizes, what
        self.half = path.with_name(f".{path.name}.growing")
        self.journal = path.with_name(f".{path.name}.journal")

    def grow(self, chunks: Sequence[IntArray], compute: Compute, progress: BuildProgress) -> None:
        done = self._resumed(len(chunks))
        with self.half.open("r+b" if self.half.exists() else "w+b") as file, self.journal.open("ab") as journal:
            progress.add(sum(len(chunk) for chunk in chunks[: len(done)]))
            file.seek(HEAD_BYTES + sum(entry["bytes"] for entry in done))
            file.truncate()
            left = chunks[len(done) :]
            for chunk, signals in zip(left, compute(left) if left else (), strict=True):
                entry = self._written(file, signals)
                if not done:
                    total = entry["bytes"] / len(chunk) * sum(map(len, chunks))
                    make_room(self.path, int(total), self.what)
                done.append(entry)
                file.flush()
                journal.write(json.dumps(entry).encode() + b"\n")
                journal.flush()
                progress.add(len(chunk))
            self._finished(file, chunks, done)
        self.half.replace(self.path)
        self.journal.unlink(missing_ok=True)

    def _written(self, file: BinaryIO, signals: Signals) -> dict[str, Any]:
        values = np.ascontiguousarray(signals.values.numpy(), dtype=np.float32)
        if values.shape[1:] != self.sizes:
            raise DataError(f"{self.what}: a chunk gave values of {values.shape[1:]}; expected {self.sizes}")
        data = values.reshape(-1).view(np.uint8).data
        file.write(data)
        cut = signals.owners is not None and signals.places is not None
        return {
            "rows": len(values),
            "bytes": values.nbytes,
            "crc": zlib.crc32(data),
            "owners": signals.owners.tolist() if cut and signals.owners is not None else None,
            "places": signals.places.tolist() if cut and signals.places is not None else None,
        }

    def _resumed(self, most: int) -> list[dict[str, Any]]:
        """The chunks that an interrupted build left whole, the first ones; the journal is cut down to these."""
        done: list[dict[str, Any]] = []
        good = 0
        with (
            contextlib.suppress(OSError, ValueError, KeyError),
            self.journal.open("rb") as journal,
            self.half.open("rb") as file,
        ):
            file.seek(HEAD_BYTES)
            for line in journal:
                entry = json.loads(line)
                if len(done) == most or zlib.crc32(file.read(entry["bytes"])) != entry["crc"]:
                    break
                done.append(entry)
                good += len(line)
        if done:
            os.truncate(self.journal, good)
        else:
            self.journal.unlink(missing_ok=True)
            self.half.unlink(missing_ok=True)
        return done

    def _finished(self, file: BinaryIO, chunks: Sequence[IntArray], done: Sequence[dict[str, Any]]) -> None:
        cut = bool(done) and done[0]["owners"] is not None
        tail = b""
        if cut:
            owners, places, before = [], [], 0
            for chunk, entry in zip(chunks, done, strict=True):
                owners.append(np.array(entry["owners"], dtype="<i8") + before)
                places.append(np.array(entry["places"], dtype="<i8"))
                before += len(chunk)
            tail = np.concatenate(owners).astype("<i8").tobytes() + np.concatenate(places).astype("<i8").tobytes()
        file.write(tail)
        checks = json.dumps([[entry["bytes"], entry["crc"]] for entry in done]).encode()
        file.write(checks)
        head = {
            "repro grown": 1,
            "key": self.digest,
            "rows": sum(entry["rows"] for entry in done),
            "cut": cut,
            "tail": [len(tail), zlib.crc32(tail)],
            "checks": [len(checks), zlib.crc32(checks)],
        }
        file.seek(0)
        file.write(json.dumps(head).encode().ljust(HEAD_BYTES - 1) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _opened(path: Path, digest: str, sizes: tuple[int, ...]) -> CachedFeatures | None:
    """The array of a whole file, None where there is none or it is damaged."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.read(HEAD_BYTES))
            rows, (tail_bytes, tail_crc), (check_bytes, check_crc) = head["rows"], head["tail"], head["checks"]
            value_bytes = 4 * rows * prod(sizes)
            expected_bytes = HEAD_BYTES + value_bytes + tail_bytes + check_bytes
            if head["key"] != digest or os.fstat(file.fileno()).st_size != expected_bytes:
                return None
            file.seek(HEAD_BYTES + value_bytes)
            tail, checks = file.read(tail_bytes), file.read(check_bytes)
            if zlib.crc32(tail) != tail_crc or zlib.crc32(checks) != check_crc:
                return None
            array = np.memmap(file, dtype=np.float32, mode="r", offset=HEAD_BYTES, shape=(rows, *sizes))
            if not _agree(array, json.loads(checks)):
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # when it was last used
    if not head["cut"]:
        return CachedFeatures(array, None, None)
    numbers = np.frombuffer(tail, dtype="<i8").astype(np.int64)
    return CachedFeatures(array, numbers[:rows], numbers[rows:])


def _agree(array: AnyArray, checks: list[list[int]]) -> bool:
    """Whether the values have their checksums: all of a small file, eight chunks of a large one."""
    flat = array.reshape(-1).view(np.uint8)
    ends = np.cumsum([size for size, _ in checks]) if checks else np.zeros(0, dtype=np.int64)
    if len(flat) != (int(ends[-1]) if len(ends) else 0):
        return False
    looked_at: Iterator[int] = iter(range(len(checks)))
    if array.nbytes > CHECKED_BYTES:
        looked_at = iter(sorted({int(n) for n in np.linspace(0, len(checks) - 1, 8)}))
    return all(zlib.crc32(flat[ends[n] - checks[n][0] : ends[n]].data) == checks[n][1] for n in looked_at)
