"""The values that the steps of a study give, as directives for autodoc; their names are found in the code."""

import ast
from pathlib import Path

STUDY = Path(__file__).parents[2] / "repro" / "study.py"


def given_classes() -> list[str]:
    """Classes of ours that public methods and functions of ``repro.study`` give, as dotted names."""
    tree = ast.parse(STUDY.read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("repro.")
        for alias in node.names
    }
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.returns is not None:
            names |= {word for word in _words(node.returns) if word in homes}
    return sorted({homes[name] for name in names}, key=lambda name: name.rpartition(".")[2])


def _words(annotation: ast.expr) -> set[str]:
    words: set[str] = set()
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= _words(ast.parse(node.value, mode="eval").body)
    return words


def values_page() -> str:
    """A section for each class."""
    return "\n\n".join(
        f"## {name.rpartition('.')[2]}\n\n```{{eval-rst}}\n.. autoclass:: {name}\n   :members:\n```"
        for name in given_classes()
    )
