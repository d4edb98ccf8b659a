"""Own code named in a spec, ``FILE.py:ClassName``, read as text with :mod:`ast`: nothing of it is ever executed.

Says whether the file lies in the spec's folder, whether it holds the class, and what its ``__init__`` takes.
"""

import ast
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from repro.disk.untrusted_files import read_inside
from repro.spec.class_facts import REQUIRED, Argument, ClassFacts
from repro.spec.problem import unknown

MAX_BYTES = 1024 * 1024
"""A larger file of own code is not read."""

GIVEN = frozenset({"in_shape", "classes", "label", "rate"})
"""Arguments that an own class gets from repro when its ``__init__`` has them."""

FIRST = {"optimizer": ("params",), "scheduler": ("optimizer",)}
"""Arguments that the harness hands to an own class of these namespaces."""

_OWN = re.compile(r"[^:]+\.py:.*")
_KNOWN_BASES = frozenset({"object", "Module", "Protocol", "ABC", "Generic"})
_TYPES = frozenset({"int", "float", "bool", "str", "dict"})


class OwnCodeProblem(ValueError):
    """Own code that cannot be used, in one sentence."""


def is_own(name: str) -> bool:
    """True when a name is meant as own code.

    >>> is_own("model.py:Subsample"), is_own("Conv1d")
    (True, False)
    """
    return _OWN.fullmatch(name) is not None


def own_class(folder: Path, name: str, namespace: str = "") -> ClassFacts:
    """Facts of an own class.

    Args:
        folder: the spec's folder.
        name: ``FILE.py:ClassName``; the file may lie in a folder below.
        namespace: where it is used; an optimizer's ``params`` and a scheduler's ``optimizer`` are not arguments there.

    Raises:
        OwnCodeProblem: no such file in the folder, not Python, no such class; nothing is imported to find out.

    """
    file, _, cls = name.rpartition(":")
    classes = _classes_of(folder, name)
    arguments, anything = _arguments(cls, classes, frozenset())
    supplied = GIVEN | frozenset(FIRST.get(namespace, ()))
    return ClassFacts(
        name,
        source=file,
        arguments={a: facts for a, facts in arguments.items() if a not in supplied},
        refused={a: "given" for a in arguments if a in supplied},
        anything=anything,
    )


def class_attribute(folder: Path, name: str, attribute: str) -> ast.expr | None:
    """What stands after ``attribute =`` in the body of an own class; None where nothing does.

    Raises:
        OwnCodeProblem: as for :func:`own_class`.

    """
    for line in _classes_of(folder, name)[name.rpartition(":")[2]].body:
        targets = line.targets if isinstance(line, ast.Assign) else []
        targets = [line.target] if isinstance(line, ast.AnnAssign) else targets
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            assert isinstance(line, ast.Assign | ast.AnnAssign)
            return line.value
    return None


def _classes_of(folder: Path, name: str) -> dict[str, ast.ClassDef]:
    """The classes of the file of ``FILE.py:ClassName``, among which that class is."""
    file, _, cls = name.rpartition(":")
    if not cls.isidentifier():
        raise OwnCodeProblem(f"{cls!r} is no class name; own code is written FILE.py:ClassName")
    path = own_file(folder, file)
    try:
        stat = path.stat()
        classes = _classes(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise OwnCodeProblem(f"{file} cannot be read: {error.strerror}") from None
    except SyntaxError as error:
        raise OwnCodeProblem(f"{file}:{error.lineno or 1}: not Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise OwnCodeProblem(f"{file}: not Python: {str(error) or 'nested too deeply'}") from None
    if cls not in classes:
        raise OwnCodeProblem(f"{file} has no such class: {unknown('class', cls, classes)}")
    return classes


def own_file(folder: Path, file: str) -> Path:
    """The path of a file of own code; OwnCodeProblem unless it is a file inside the folder."""
    pure = PurePosixPath(file)
    if pure.is_absolute() or ".." in pure.parts or "\\" in file or "\0" in file or ":" in file:
        raise OwnCodeProblem(f"{file!r} is not a path inside the spec's folder")
    try:
        path = (folder / pure).resolve()
        root = folder.resolve()
        if not path.is_relative_to(root):
            raise OwnCodeProblem(f"{file} leads out of the spec's folder")
        if not path.is_file():
            near = unknown("file", file, sorted(p.name for p in root.glob("*.py"))).partition("; ")[2]
            raise OwnCodeProblem(f"no file {file} in the spec's folder" + (f"; {near}" if near else ""))
        if path.stat().st_size > MAX_BYTES:
            raise OwnCodeProblem(f"{file} is larger than {MAX_BYTES // 1024} KB")
    except (OSError, RuntimeError) as error:  # a loop of links
        raise OwnCodeProblem(f"{file} cannot be read: {error}") from None
    return path


@lru_cache(maxsize=64)
def _classes(path: Path, changed: int, size: int) -> dict[str, ast.ClassDef]:
    """Classes of a file by name; the time of its last change and its size are part of the cache's key."""
    tree = ast.parse(read_inside(path, path.parent, MAX_BYTES), filename=path.name)
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _arguments(cls: str, classes: dict[str, ast.ClassDef], visited: frozenset[str]) -> tuple[dict[str, Argument], bool]:
    """Arguments of a class, its own ``__init__``'s or a base's; and whether others may come too."""
    node = classes[cls]
    init = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    if init is not None:
        return _of_init(init)
    by_name: dict[str, Argument] = {}
    anything = False
    for base in reversed(node.bases):
        name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        if isinstance(base, ast.Name) and name in classes and name not in visited | {cls}:
            arguments, more = _arguments(name, classes, visited | {cls})
            by_name.update(arguments)
            anything = anything or more
        elif name not in _KNOWN_BASES:
            anything = True
    if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        fields = [n for n in node.body if isinstance(n, ast.AnnAssign) and "ClassVar" not in ast.unparse(n.annotation)]
        for field_node in fields:
            if isinstance(field_node.target, ast.Name):
                by_name[field_node.target.id] = _argument(field_node.target.id, field_node.annotation, field_node.value)
    return by_name, anything


def _of_init(init: ast.FunctionDef) -> tuple[dict[str, Argument], bool]:
    spec = init.args
    positional = [*spec.posonlyargs, *spec.args][1:]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(spec.defaults))
    defaults += list(spec.defaults)[-len(positional) :] if positional else []
    pairs = [*zip(positional, defaults, strict=True), *zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    return {a.arg: _argument(a.arg, a.annotation, d) for a, d in pairs}, spec.kwarg is not None


def _argument(name: str, annotation: ast.expr | None, default: ast.expr | None) -> Argument:
    value = REQUIRED if default is None else _constant(default)
    return Argument(name, _type(annotation, value), value)


def _constant(node: ast.expr) -> object:
    """The value of a default that is plain data; a placeholder text for any other expression."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return "..."


def _type(annotation: ast.expr | None, default: object) -> str:
    """A type of the index's language for plain annotations (``int``, ``float | None``), else ``any``."""
    if annotation is None:
        return "any"
    text = (
        annotation.value
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
        else ast.unparse(annotation)
    )
    parts = [part.strip() for part in text.split("|")]
    if not all(part in _TYPES | {"None"} for part in parts):
        return "any"
    words = ["none" if part == "None" else part for part in parts]
    if default is None and "none" not in words:
        words.append("none")
    return " | ".join(words)
