"""Room for map files: the space that they may take on their disk, and what goes when there is not enough."""

import contextlib
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from repro.data.data_error import DataError
from repro.data.memory_limit import VARIABLE
from repro.disk.atomic_write import remove_leftovers

SHARE = 0.5
"""Share that all map files together may take of the space which the disk would have free without them."""

SPARE_BYTES = 2**28
"""What must be left on the disk beside the files."""


def make_room(path: Path, size: int, what: str) -> None:
    """See that a file of ``size`` bytes can be written at ``path``, a map file whose lock is held.

    What killed processes left half written goes first, then, only while there is not enough room, builds that could be
    gone on with and whole files, those used longest ago first, until the new one fits and all together take no more
    than their share.

    Raises:
        DataError: there is not enough room even then.

    """
    folder = path.parent
    for half in folder.glob(".*.map.*.tmp"):
        _sweep(folder / half.name[1:].rpartition(".map.")[0], path)
    used = {}
    for file in (*folder.glob("*.map"), *folder.glob(".*.map.growing")):
        with contextlib.suppress(FileNotFoundError):
            used[file] = file.stat()
    taken = sum(stat.st_size for stat in used.values())
    for file in sorted(used, key=lambda f: used[f].st_mtime):
        free = shutil.disk_usage(folder).free
        if size + SPARE_BYTES <= free and taken + size <= SHARE * (free + taken):
            break
        with contextlib.suppress(Timeout, OSError):  # Windows keeps a file that is in use
            _remove(file, path)
            taken -= used[file].st_size
    free = shutil.disk_usage(folder).free
    if size + SPARE_BYTES > free:
        raise DataError(
            f"{what} take {size / 2**30:.2f} GB, too much for memory, so they go to a file in {folder}; there "
            f"{free / 2**30:.2f} GB are free and {SPARE_BYTES / 2**30:.2f} GB must be left. Set REPRO_DATA to a folder "
            f"on a larger disk, or {VARIABLE} to what may be held in memory (twice the file, to be safe)."
        )


def lock_of(path: Path) -> FileLock:
    """The lock under which a map file is written. The empty lock file stays."""
    return FileLock(path.with_name(f".{path.name}.lock"))


def _remove(file: Path, mine: Path) -> None:
    """Remove a whole file, or one that grows, unless a living process (this one among them) is at it: then Timeout."""
    if file.suffix == ".map":
        file.unlink()
        return
    map_file = file.with_name(file.name[1:].removesuffix(".growing"))
    if map_file == mine:
        raise Timeout(str(file))
    with lock_of(map_file).acquire(timeout=0):
        file.unlink()
        file.with_name(f".{map_file.name}.journal").unlink(missing_ok=True)


def _sweep(stem: Path, mine: Path) -> None:
    """Remove half files of a map file, unless a living process is writing them."""
    path = stem.with_name(stem.name + ".map")
    if path == mine:
        return
    with contextlib.suppress(Timeout, OSError), lock_of(path).acquire(timeout=0):
        remove_leftovers(path)
