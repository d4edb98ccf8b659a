"""The rooms of the program and the modules in them, from the docstrings of the code; nothing is imported."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "repro"


def layers() -> list[list[str]]:
    """The rooms from the top to the bottom, as the import contract has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    return [[name.strip() for name in layer.split("|")] for layer in contract["layers"] if layer != "__main__"]


def file_of(room: str) -> Path:
    """The file that holds a room's docstring."""
    return PACKAGE / room / "__init__.py" if (PACKAGE / room).is_dir() else PACKAGE / f"{room}.py"


def docstring(file: Path) -> str:
    """The docstring of a module, without running it."""
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""


def rooms_page() -> str:
    """Each room: what it is, takes, gives and may import, and the parts of it that have a folder."""
    return "\n\n".join(_room(room) for layer in reversed(layers()) for room in layer)


def modules_page() -> str:
    """Each module of each room with the first line of its docstring."""
    parts = []
    for room in (room for layer in reversed(layers()) for room in layer):
        files = sorted((PACKAGE / room).rglob("*.py")) if (PACKAGE / room).is_dir() else [file_of(room)]
        folders: dict[Path, list[Path]] = {}
        for file in files:
            if file.name != "__init__.py":
                folders.setdefault(file.parent, []).append(file)
        parts.append(f"## {room}")
        for folder, inside in sorted(folders.items()):
            if len(folders) > 1:
                parts.append(f"### {_dotted(folder)}")
            rows = [f"| `{file.stem}` | {_cell(docstring(file))} |" for file in inside]
            parts.append("\n".join(["| Module | What it is |", "|---|---|", *rows]))
    return "\n\n".join(parts)


def _room(room: str) -> str:
    summary, _, rest = docstring(file_of(room)).partition("\n\n")
    lines = [f"### {room}", _text(summary)]
    lines += [
        "\n".join(f"- **{key}**: {_text(text)}" for key, _, text in (x.partition(": ") for x in rest.splitlines()))
    ]
    parts = [inner for inner in sorted((PACKAGE / room).glob("*/__init__.py")) if docstring(inner)]
    if parts:
        rows = [f"| `{_dotted(inner.parent)}` | {_cell(docstring(inner))} |" for inner in parts]
        lines.append("\n".join(["| Package | What it is |", "|---|---|", *rows]))
    return "\n\n".join(lines)


def _dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(ROOT).parts)


def _cell(docstring: str) -> str:
    first = " ".join(docstring.partition("\n\n")[0].split())
    return _text(first).replace("|", "\\|")


def _text(text: str) -> str:
    """Text of a docstring as Markdown: double backticks are code there, and roles name objects."""
    pieces = re.split(r"(``.+?``|:\w+:`.+?`)", text)
    for place, piece in enumerate(pieces):
        if place % 2:
            pieces[place] = "`" + piece.strip("`").partition("`")[2] + "`" if piece.startswith(":") else piece
        else:
            pieces[place] = re.sub(r"([\\*_<>\[\]$#])", r"\\\1", piece)
    return "".join(pieces)
