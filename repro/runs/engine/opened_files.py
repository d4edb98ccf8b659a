"""Which files own code opens: an audit hook in the process that runs it, which looks at who asks."""

import os
import site
import sys
import sysconfig
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import Any

from repro.data.download.cache import cache_folder

MOST = 200
"""So many files are noted."""

_CODE = (".py", ".pyc", ".so", ".pyd", ".dylib", ".dll")


class OpenedFiles:
    """Notes each file that is opened for reading while a frame of a study's own code is on the stack.

    What is opened by libraries that own code calls counts too; Python's own modules do not. A library that opens files
    without Python (some decoders) is not seen. A hook cannot be taken away again: only for a process that ends soon.

    Args:
        folder: of the study, where own code lies.

    """

    def __init__(self, folder: Path) -> None:
        self._home = f"{folder.resolve()}{os.sep}"
        self._paths: dict[str, None] = {}
        self._looking = False
        sys.addaudithook(self._heard)

    def paths(self) -> list[str]:
        """The files, as absolute paths without links, in the order in which they were opened first."""
        return list(self._paths)

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open" or self._looking or len(self._paths) >= MOST:
            return
        self._looking = True
        try:
            path, mode, flags = args
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            if isinstance(path, str | bytes | os.PathLike) and not writes and "w" not in (mode or ""):
                name = str(Path(os.fsdecode(path)).resolve())
                if not name.endswith(_CODE) and self._is_asked_by_own_code(sys._getframe(1)):
                    self._paths[name] = None
        finally:
            self._looking = False

    def _is_asked_by_own_code(self, frame: FrameType | None) -> bool:
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(self._home) and os.sep not in file[len(self._home) :]:
                return True
            frame = frame.f_back
        return False


def finding(paths: Collection[str], folder: Path, known: Collection[str], data: Collection[str]) -> dict[str, str]:
    """What the opened files mean: ``{"state": "ok" | "found", "text": ...}``.

    Args:
        paths: absolute, from :class:`OpenedFiles`.
        folder: of the study.
        known: files of the folder that are in the run's identity, by path with forward slashes.
        data: names of data sets' folders in the study's folder.

    """
    home = folder.resolve()
    stores = [cache_folder().resolve(), *(Path(m).resolve() for m in [os.environ.get("REPRO_MIRROR", "")] if m)]
    data_files, unknown, elsewhere = [], [], []
    for path in map(Path, paths):
        if path.is_relative_to(home):
            name = path.relative_to(home).as_posix()
            if any(name.startswith(f"{data_folder.strip('/')}/") for data_folder in data):
                data_files.append(name)
            elif name not in known and not name.endswith((".py", ".yaml", ".yml")):
                unknown.append(name)
        elif any(path.is_relative_to(store) for store in stores) or "datasets" in path.parts:
            data_files.append(path.name)
        elif not _is_of_the_system(path):
            elsewhere.append(path.name)
    sentences = [
        f"{text} ({', '.join(_few(names))})"
        for text, names in (
            ("own code itself opens files of the data set, where the labels are", data_files),
            ("own code opens files that are in no identity, since its text does not name them", unknown),
            ("own code opens files elsewhere, which are in no identity", elsewhere),
        )
        if names
    ]
    if sentences:
        return {"state": "found", "text": "; ".join(sentences)}
    return {"state": "ok", "text": "own code opens no file but those that the run's identity holds"}


def _is_of_the_system(path: Path) -> bool:
    """Python, its packages, and what the system tells of itself."""
    roots = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *site.getsitepackages(), *sys.path}
    roots |= {"/proc", "/sys", "/dev", "/etc"}
    return any(root and path.is_relative_to(root) for root in roots)


def _few(names: list[str]) -> list[str]:
    once = list(dict.fromkeys(names))
    return once if len(once) <= 3 else [*once[:3], f"and {len(once) - 3} more"]
