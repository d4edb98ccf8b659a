"""Files of a study's folder that its own code names: weights, tables and the like, on which its numbers depend.

They are found in the text of the code, which is not executed: a file is named by its path or the end of it, by a folder
that it lies in, or by how its name ends (``f"{name}-1.pth"``, ``"*.csv"``). Imports neither torch nor numpy.
"""

import ast
import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from repro.data.own_code import code_sha256, own_path
from repro.disk.untrusted_files import opened_inside

NOT_READ = frozenset({"runs", "results", "handin", "__pycache__", "wandb"})
"""Folders of a study that this program writes."""

MOST_FILES = 5000
"""Files of a folder that are looked through."""

_WRITERS = frozenset({"touch", "write_text", "write_bytes", "mkdir", "unlink", "savetxt", "savefig", "to_csv", "dump"})
_WRITING = frozenset(f"{mode}{more}" for mode in "wax" for more in ("", "b", "t", "+", "b+", "+b"))

_ENDING = 2  # letters that an ending has at least, with its dot three


def files_read(folder: Path, files: Iterable[str], *, without: Sequence[str] = ()) -> dict[str, str]:
    """The sha256 of each file below ``folder`` that own code names, by its path with forward slashes, sorted.

    Args:
        folder: the spec's.
        files: own code, as the spec names it.
        without: folders of data sets, which have a hash of their own.

    Raises:
        OwnCodeError: own code that is not there.

    """
    words: set[str] = set()
    for file in sorted(set(files)):
        path = own_path(folder, file)
        facts = path.stat()
        words |= _words(path, facts.st_size, facts.st_mtime_ns)
    if not words:
        return {}
    endings = tuple(end for word in words if "." in (end := word.lstrip("*")) and len(end) > _ENDING)
    plain = {word.strip("/").removeprefix("./") for word in words}
    names = [name for name in _names(folder, without) if _is_named(name, plain, endings)]
    return {name: sha256 for name in names if (sha256 := _sha256(folder, name)) is not None}


def code_state(folder: Path, files: Sequence[str]) -> tuple[object, ...]:
    """Equal where own code and all files that it names are the same; for what is remembered within a process."""
    return code_sha256(folder, files), tuple(files_read(folder, files).items())


def _is_named(name: str, plain: set[str], endings: tuple[str, ...]) -> bool:
    parts = name.split("/")
    ends = {"/".join(parts[at:]) for at in range(len(parts))}
    return bool(plain & ends) or any(part in plain for part in parts[:-1]) or bool(endings and name.endswith(endings))


@lru_cache(maxsize=64)
def _words(path: Path, size: int, mtime_ns: int) -> frozenset[str]:
    """The texts in a file of code that could name a file, without docstrings; nothing where it cannot be parsed."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    written = {id(text) for call in ast.walk(tree) if _writes(call) for text in _texts(call)}
    words = (text.value for text in _texts(tree) if id(text) not in written)
    return frozenset(word for word in words if 0 < len(word) < 256 and "\n" not in word and word.strip() == word)


def _texts(tree: ast.AST) -> Iterable[Any]:
    """The texts below a node of code."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _writes(node: ast.AST) -> bool:
    """Whether this is a call that makes a file, whose name is then no sign that anything reads it."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "open":
        modes = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
        return any(isinstance(mode, ast.Constant) and mode.value in _WRITING for mode in modes)
    return name in _WRITERS


def _names(folder: Path, without: Sequence[str]) -> list[str]:
    """The files below a folder that own code may read, but Python's and the spec's own."""
    skipped = {name.strip("/") for name in without}
    names: list[str] = []
    waiting = [folder]
    while waiting and len(names) < MOST_FILES:
        here = waiting.pop()
        try:
            entries = sorted(here.iterdir())
        except OSError:
            continue
        for entry in entries:
            name = entry.relative_to(folder).as_posix()
            if entry.name.startswith(".") or entry.is_symlink() or name in skipped:
                continue
            if entry.is_dir():
                if not (here == folder and entry.name in NOT_READ):
                    waiting.append(entry)
            elif entry.is_file() and not (here == folder and entry.suffix in (".py", ".yaml", ".yml", ".md")):
                names.append(name)
    return sorted(names)[:MOST_FILES]


def _sha256(folder: Path, name: str) -> str | None:
    path = folder / name
    try:
        facts = path.stat()
        return _hashed(folder, path, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    except OSError:
        return None


@lru_cache(maxsize=4096)
def _hashed(folder: Path, path: Path, size: int, mtime_ns: int, ctime_ns: int) -> str:
    digest = hashlib.sha256()
    with opened_inside(path, folder) as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()
