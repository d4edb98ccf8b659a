"""Own code of a study: the only place that imports Python files of a spec's folder.

A file is read, hashed, compiled and run under a module name made from its path and content, so an edited file is a
new module, two folders never share one, nothing is put on ``sys.path`` and no ``__pycache__`` appears in the folder.
"""

import ast
import hashlib
import os
import sys
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from repro.data.data_error import DataError
from repro.disk.untrusted_files import read_inside
from repro.spec.own_classes import MAX_BYTES


class OwnCodeError(DataError):
    """Own code that cannot be loaded or that failed; the message starts with ``FILE:LINE`` where a line is known."""


def load_own(folder: Path, file: str, cls: str) -> type:
    """Load the class ``cls`` from ``file`` in ``folder``. Loading the same content twice gives the same class.

    Raises:
        OwnCodeError: no such file or class, a syntax error, or an exception while the file runs.

    """
    path = own_path(folder, file)
    module = _load(path)
    attribute = getattr(module, cls, None)
    if attribute is None:
        classes = [n for n, value in vars(module).items() if isinstance(value, type)]
        close = get_close_matches(cls, classes, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise OwnCodeError(f"{path}: no class {cls!r} in this file{hint}")
    if not isinstance(attribute, type):
        line = _line_of(path, cls)
        raise OwnCodeError(f"{path}{line}: {cls!r} is a {type(attribute).__name__}; a class is needed")
    return attribute


def code_sha256(folder: Path, files: Iterable[str]) -> str | None:
    """The sha256 of these files' names and contents, in the order of their names; None when there are none.

    Windows line ends are read as plain ones, so that a checkout on Windows has the same hash.
    """
    names = sorted(set(files))
    if not names:
        return None
    digest = hashlib.sha256()
    for name in names:
        content = _read(own_path(folder, name)).replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def forget_own(folder: Path) -> None:
    """Forget the loaded files of this folder: asked for again, they run anew and remember nothing of before."""
    home = str(folder.resolve())
    for name, module in list(sys.modules.items()):
        if name.startswith("repro_own_") and str(Path(getattr(module, "__file__", None) or "").parent) == home:
            del sys.modules[name]


def explain(error: BaseException, path: Path, doing: str) -> OwnCodeError:
    """Turn an exception that own code raised into an :class:`OwnCodeError` at the last line of ``path`` it passed."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    where = f"{path}:{lines[-1]}" if lines and lines[-1] else str(path)
    text = f"{where}: {doing}: {type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError) and error.name and (path.parent / f"{error.name}.py").is_file():
        text += f"; own code is one file: put what you need of {error.name}.py into {path.name}"
    return OwnCodeError(text)


def own_path(folder: Path, file: str) -> Path:
    """Where own code lies, as messages and tracebacks name it. OwnCodeError when it is no file of this folder."""
    if Path(file).name != file or not file.endswith(".py") or "\\" in file:
        raise OwnCodeError(f"{file!r}: own code is a .py file that lies in the spec's folder itself")
    path = folder.resolve() / file
    if not path.is_file():
        raise OwnCodeError(f"{path}: no such file")
    return path


def _read(path: Path) -> bytes:
    try:
        return read_inside(path, path.parent, MAX_BYTES)
    except OSError as error:
        raise OwnCodeError(f"{path}: cannot be read: {error.strerror}") from error


def _load(path: Path) -> ModuleType:
    source = _read(path)
    key = hashlib.sha256(os.fsencode(path) + b"\0" + source).hexdigest()[:24]
    name = f"repro_own_{path.stem}_{key}"
    if name in sys.modules:
        return sys.modules[name]
    try:
        code = compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise OwnCodeError(f"{path}:{error.lineno or 1}: not valid Python: {error.msg}") from error
    except ValueError as error:
        raise OwnCodeError(f"{path}: not valid Python: {error}") from error
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # before it runs: dataclasses and pickle look their module up
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise explain(error, path, "running this file failed") from error
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _line_of(path: Path, name: str) -> str:
    for node in ast.parse(_read(path)).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        if any(getattr(t, "id", getattr(t, "name", None)) == name for t in targets):
            return f":{node.lineno}"
    return ""
