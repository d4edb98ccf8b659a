"""The rooms and what they may import: the contract covers all, and what their docstrings say is the contract."""

import ast
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import repro

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACT = PROJECT["tool"]["importlinter"]["contracts"][0]
LAYERS = [[name.strip() for name in layer.split("|")] for layer in CONTRACT["layers"]]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
ROOMS = sorted(set(LEVEL) - {"__main__"})
FILES = sorted((ROOT / "repro").rglob("*.py"))


def test_the_contract_names_every_room():
    assert {module.name for module in pkgutil.iter_modules(repro.__path__)} == set(LEVEL)
    assert CONTRACT["exhaustive"] is True
    assert CONTRACT["containers"] == ["repro"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_takes_and_gives_and_may_import(room):
    file = ROOT / "repro" / room / "__init__.py" if (ROOT / "repro" / room).is_dir() else ROOT / "repro" / f"{room}.py"
    lines = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()
    assert lines[0]
    assert [line.partition(": ")[0] for line in lines[2:5]] == ["Takes", "Gives", "May import"]
    said = re.match(r"May import: ([\w, ]+)\.", lines[4])[1]
    below = [name for name, level in LEVEL.items() if level > LEVEL[room]]
    assert said == (", ".join(below) or "no other room")


def test_no_text_in_the_code_names_a_module_of_a_room_above():
    """Package data, subprocesses and late imports reach a module by its name, which the import rules do not see."""
    named = [(path, text) for path in FILES for text in module_names(path)]
    assert len(named) > 10
    upward = [
        f"{path.relative_to(ROOT)}: {text}"
        for path, text in named
        if (here := room_of(path)) in LEVEL and LEVEL[text.split(".")[1]] < LEVEL[here]
    ]
    assert upward == []


def test_a_name_of_a_module_is_found_in_each_form(tmp_path):
    file = tmp_path / "one.py"
    file.write_text(
        '"""See repro.cli."""\nfiles("repro.cli")\nf"repro.publish.{x}"\n["-m", "repro.runs.plan"]\n"repro.x"'
    )
    assert list(module_names(file)) == ["repro.cli", "repro.publish.", "repro.runs.plan"]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "repro").parts[0].removesuffix(".py")


def module_names(path: Path) -> Iterator[str]:
    """Texts of a file, f-strings too, that name a module of a room; docstrings are prose and left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (found := re.fullmatch(r"repro\.(\w+)[\w.]*", node.value))
            and found[1] in LEVEL
        ):
            yield node.value
