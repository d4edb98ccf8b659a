"""What is declared is what is imported: no dependency undeclared, none declared for nothing."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = {"repro", "repro_harness", "tests", "benchmarks"}
NOT_IMPORTED = {"tzdata", "tensorboard", "pytest-xdist", "pytest-playwright", "ruff", "mypy", "import-linter"}
NOT_IMPORTED |= {"pre-commit", "ipykernel"}
"""Data of the standard library, a writer that Lightning imports, and tools that are commands or plugins."""
OF_MODULE = {"markdown_it": "markdown-it-py", "PIL": "pillow", "sklearn": "scikit-learn", "ruamel": "ruamel.yaml"}
OF_MODULE |= {"pptx": "python-pptx", "wandb_workspaces": "wandb-workspaces", "_pytest": "pytest", "IPython": "ipython"}
OF_A_NOTEBOOK = {"ipython"}
"""Imported in a notebook alone, which has it."""


def imported(*folders: str) -> set[str]:
    """Distributions that the code below these folders imports, inside functions and by ``import_module`` too."""
    modules, own = set(), set(OWN)
    if folders != ("repro",):  # beds and scripts import what lies beside them
        own |= {path.stem for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in ("", ".py")}
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
                first = node.args[0]
                first = first.values[0] if isinstance(first, ast.JoinedStr) else first
                names = [first.value] if isinstance(first, ast.Constant) and isinstance(first.value, str) else []
            modules |= {name.partition(".")[0] for name in names}
    return {OF_MODULE.get(module, module) for module in modules - own - set(sys.stdlib_module_names)}


def declared(*extras: str) -> set[str]:
    lines = PROJECT["dependencies"] if not extras else []
    lines = [*lines, *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in lines}
    return names - {PROJECT["name"]} - NOT_IMPORTED


EXTRAS = declared("slurm", "mir", "pdf", "tensorboard", "dashboards")


def test_each_import_of_ours_is_declared_and_each_declared_one_imported():
    assert imported("repro") == declared() | EXTRAS | OF_A_NOTEBOOK


def test_what_tests_and_scripts_import_is_declared():
    assert imported("tests", "scripts", "benchmarks") - declared() - EXTRAS - NOT_IMPORTED <= declared("dev")
    assert declared("dev") <= imported("tests", "scripts", "benchmarks")


@pytest.mark.parametrize("name", ["torch", "torchaudio"])
def test_torch_and_torchaudio_have_no_upper_bound(name):
    line = next(line for line in PROJECT["dependencies"] if re.match(rf"{name}\b", line))
    assert re.fullmatch(rf"{name}>=2\.11(\.1)?", line)
    page = (ROOT / "docs/how-to/install.md").read_text(encoding="utf-8")
    assert f"'{line}'" in page


def test_only_one_module_imports_torchaudio():
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "repro").rglob("*.py")}
    pattern = re.compile(r"^\s*(from torchaudio|import torchaudio)|import_module\(f?[\"']torchaudio", re.MULTILINE)
    assert [path.name for path, text in texts.items() if pattern.search(text)] == ["torchaudio_import.py"]


def test_the_names_of_distributions_are_those_of_this_environment():
    installed = packages_distributions()
    for module, distribution in OF_MODULE.items():
        if module in installed:
            assert distribution in {name.lower() for name in installed[module]}
