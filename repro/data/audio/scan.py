"""Scan: what many files hold, each hashed and decoded once; remembered, so that a second start takes no time."""

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from repro.data.audio.decode import measure
from repro.data.bar import tqdm
from repro.data.data_error import DataError
from repro.data.download.cache import CHOOSE, cache_folder
from repro.disk.atomic_write import write_atomically

VERSION = 3
BAR_FILES = 2000
"""From so many files on a bar is drawn, where stderr is a terminal."""

Key = tuple[int, int, int]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """One file: sha256 of its bytes, and what it holds; or ``error``, why it cannot be used (without its path).

    ``note`` is what is odd of a file that can be used all the same.
    """

    sha256: str = ""
    rate: int = 0
    channels: int = 0
    frames: int = 0
    error: str = ""
    note: str = ""


def scan(root: Path, names: Sequence[str]) -> list[ScanResult]:
    """What the files ``root / name`` hold, in order.

    Each is read and decoded once, by two threads for each core. The result is remembered in ``scanned/`` of the cache
    folder by path, size and times, and used again while these are the same. Nothing is raised for a file
    that cannot be read: its ``error`` says why.
    """
    memory = _ScanCache(root)
    results: list[ScanResult | None] = []
    keys: list[Key | None] = []
    for name in names:
        key = _key(root / name)
        keys.append(key)
        results.append(ScanResult(error="there is no such file") if key is None else memory.get(name, key))
    todo = sorted({name for name, known in zip(names, results, strict=True) if known is None})
    if todo:
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            bar = tqdm(
                pool.map(lambda name: _scanned(root / name), todo),
                total=len(todo),
                desc=f"decoding {root.name} once",
                leave=False,
                disable=None if len(todo) >= BAR_FILES else True,
            )
            new_results = dict(zip(todo, bar, strict=True))
        for name, key in zip(names, keys, strict=True):
            if name in new_results and key is not None:
                memory.put(name, key, new_results[name])
        memory.save()
        results = [new_results[name] if known is None else known for name, known in zip(names, results, strict=True)]
    return [result for result in results if result is not None]


def _key(path: Path) -> Key | None:
    """Size and both times: a copy may bring the old time of change along, but not the one at which it came here."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _scanned(path: Path) -> ScanResult:
    try:
        sound = measure(path)
        with path.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except DataError as error:
        return ScanResult(error=str(error).removeprefix(f"{path}: "))
    except OSError as error:
        return ScanResult(error=f"cannot be read: {error.strerror}")
    return ScanResult(sha256, sound.rate, sound.channels, sound.frames, note=sound.note)


class _ScanCache:
    """The file that remembers what the files below one folder hold. A damaged or foreign one counts as empty."""

    def __init__(self, root: Path) -> None:
        place = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
        self._path = cache_folder() / "scanned" / f"{place}.json"
        self._rows: dict[str, list[Any]] = {}
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            if read["version"] == _version() and isinstance(read["files"], dict):
                self._rows = read["files"]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def get(self, name: str, key: Key) -> ScanResult | None:
        try:
            size, mtime_ns, ctime_ns, *held = self._rows[name]
            return ScanResult(*held) if (size, mtime_ns, ctime_ns) == key else None
        except (KeyError, ValueError, TypeError):
            return None

    def put(self, name: str, key: Key, scanned: ScanResult) -> None:
        self._rows[name] = [*key, *astuple(scanned)]

    def save(self) -> None:
        """Write it; where that cannot be, files are decoded again next time, and the log says so."""
        try:
            write_atomically(self._path, json.dumps({"version": _version(), "files": self._rows}))
        except OSError as error:
            log.warning("%s cannot be written (%s): files are decoded again next time; %s", self._path, error, CHOOSE)


def _version() -> str:
    """Changes whenever a file might be decoded to something else."""
    try:
        import soundfile
    except (ImportError, OSError):
        return f"{VERSION}"
    return f"{VERSION} {soundfile.__libsndfile_version__}"
