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
        return [one for one in self.out if any(one == name or one.startswith(f"{name}/") for name in names)]


def survey(folder: Path) -> Survey:
    """Walk a folder, up to a bound of entries and depth."""
    seen = Survey()
    home = os.path.realpath(folder)
    waiting: list[tuple[str, int]] = [("", 0)]
    entries = 0
    while waiting:
        inside, depth = waiting.pop()
        try:
            with os.scandir(Path(folder, inside)) as found:
                for entry in found:
                    entries += 1
                    if entries > MOST_ENTRIES:
                        seen.cut = f"it holds more than {MOST_ENTRIES:,} files; the rest was not looked at"
                        return _sorted(seen)
                    name = f"{inside}/{entry.name}" if inside else entry.name
                    if not _one(entry, name, home, seen):
                        continue
                    if depth + 1 > MOST_DEPTH:
                        seen.cut = (
                            f"folders stand in one another more than {MOST_DEPTH} deep; the rest was not looked at"
                        )
                    else:
                        waiting.append((name, depth + 1))
        except OSError as error:
            seen.cut = f"{inside or 'the folder'} cannot be read: {error.strerror}"
    return _sorted(seen)


def is_sound(path: Path, most: int) -> bool:
    """Whether a file is there that can be read whole: a plain one, no link, of at most so many bytes."""
    try:
        facts = path.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(facts.st_mode) and facts.st_size <= most


def _one(entry: "os.DirEntry[str]", name: str, home: str, seen: Survey) -> bool:
    """Note one entry; True for a folder that is to be walked."""
    try:
        if entry.is_symlink():
            _link(entry.path, name, home, seen)
            return False
        facts = entry.stat(follow_symlinks=False)
    except OSError:
        seen.odd.append(name)
        return False
    if stat.S_ISDIR(facts.st_mode):
        return True
    if not stat.S_ISREG(facts.st_mode):
        seen.odd.append(name)
        return False
    seen.files += 1
    seen.size += facts.st_size
    if facts.st_size >= HUGE:
        seen.huge.append((name, facts.st_size))
    if "/" not in name and name.endswith(".py"):
        seen.python.append(name)
    return False


def _link(path: str, name: str, home: str, seen: Survey) -> None:
    target = os.path.realpath(path)
    if target != home and not target.startswith(home.rstrip(os.sep) + os.sep):
        seen.out.append(name)
        if Path(target).is_dir():
            seen.out_folders.append(name)
        return
    try:
        Path(path).stat()
    except (OSError, RuntimeError):
        seen.loops.append(name)
        return
    if home == target or path.startswith(target + os.sep):  # a folder inside itself
        seen.loops.append(name)


def _sorted(seen: Survey) -> Survey:
    for names in (seen.out, seen.out_folders, seen.loops, seen.odd, seen.python):
        names.sort()
    seen.huge.sort()
    return seen
