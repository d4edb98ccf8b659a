"""What lies in a folder, by names and sizes alone: nothing is opened, no link is followed."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

HUGE = 100 * 2**20
"""Bytes from which a file is worth a look."""

MOST_ENTRIES = 50_000
MOST_DEPTH = 40


@dataclass
class Survey:
    """Names are relative to the folder.

    ``out`` are links that lead out of it, ``out_folders`` those of them that lead to a folder which is there; ``odd``
    are pipes, sockets and devices; ``python`` the ``.py`` files beside the spec. ``cut`` says why not all was seen.
    """

    files: int = 0
    size: int = 0
    out: list[str] = field(default_factory=list)
    out_folders: list[str] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    huge: list[tuple[str, int]] = field(default_factory=list)
    python: list[str] = field(default_factory=list)
    cut: str = ""

    def leads_out(self, *names: str) -> list[str]:
        """The links out that are one of these files or folders, or lie in one."""
        return [link for link in self.out if any(link == name or link.startswith(f"{name}/") for name in names)]


def survey(folder: Path) -> Survey:
    """Walk a folder, up to a bound of entries and depth."""
    result = Survey()
    home = os.path.realpath(folder)
    waiting: list[tuple[str, int]] = [("", 0)]
    entries = 0
    while waiting:
        inside, depth = waiting.pop()
        try:
            with os.scandir(Path(folder, inside)) as scan:
                for entry in scan:
                    entries += 1
                    if entries > MOST_ENTRIES:
                        result.cut = f"it holds more than {MOST_ENTRIES:,} files; the rest was not looked at"
                        return _sorted(result)
                    name = f"{inside}/{entry.name}" if inside else entry.name
                    if not _one(entry, name, home, result):
                        continue
                    if depth + 1 > MOST_DEPTH:
                        result.cut = (
                            f"folders stand in one another more than {MOST_DEPTH} deep; the rest was not looked at"
                        )
                    else:
                        waiting.append((name, depth + 1))
        except OSError as error:
            result.cut = f"{inside or 'the folder'} cannot be read: {error.strerror}"
    return _sorted(result)


def is_sound(path: Path, most: int) -> bool:
    """Whether a file is there that can be read whole: a plain one, no link, of at most so many bytes."""
    try:
        facts = path.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(facts.st_mode) and facts.st_size <= most


def _one(entry: "os.DirEntry[str]", name: str, home: str, result: Survey) -> bool:
    """Note one entry; True for a folder that is to be walked."""
    try:
        if entry.is_symlink():
            _link(entry.path, name, home, result)
            return False
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        result.odd.append(name)
        return False
    if stat.S_ISDIR(facts.st_mode):
        return True
    if not stat.S_ISREG(facts.st_mode):
        result.odd.append(name)
        return False
    result.files += 1
    result.size += facts.st_size
    if facts.st_size >= HUGE:
        result.huge.append((name, facts.st_size))
    if "/" not in name and name.endswith(".py"):
        result.python.append(name)
    return False


def _link(path: str, name: str, home: str, result: Survey) -> None:
    target = os.path.realpath(path)
    if target != home and not target.startswith(home.rstrip(os.sep) + os.sep):
        result.out.append(name)
        if Path(target).is_dir():
            result.out_folders.append(name)
        return
    try:
        Path(path).stat()
    except (OSError, RuntimeError):
        result.loops.append(name)
        return
    if home == target or path.startswith(target + os.sep):  # a folder inside itself
        result.loops.append(name)


def _sorted(result: Survey) -> Survey:
    for names in (result.out, result.out_folders, result.loops, result.odd, result.python):
        names.sort()
    result.huge.sort()
    return result
