"""Every regular expression of this project takes time in proportion to the text, whatever the text is.

The patterns are collected from the source, each with the ways in which it is used there, and tried on long texts made
of pieces that set patterns back: signs of the pattern's own, spaces, digits, brackets, with an end that does not fit.
"""

import ast
import re
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "repro"
METHODS = {"fullmatch", "match", "search", "sub", "split", "findall", "finditer"}
PIECES = (
    *(
        " ",
        "  \t",
        "a",
        "A",
        "0",
        "a ",
        "aA",
        "A0",
        "0.",
        "a.",
        "a/",
        "/a",
        "-",
        "a-",
        "_",
        "(",
        ")",
        "()",
        "[",
        "#",
        " #",
    ),
    *(
        '"',
        "'",
        "<",
        ">",
        "<!--",
        "<svg",
        ",",
        "0,",
        ":",
        "a:",
        "=",
        "&",
        "+-",
        "±",
        " ± ",
        "http://a",
        "e",
        "\n",
        "> ",
        "- ",
    ),
    *("0) ", "é", "̀", "\\", "|", "C -1 ; ", "data:image/png;base64,", 'id="', "N x", "url(#"),
)
OWN = ("publish/report/inline_svg.py", "publish/slides/measure.py")
"""What works on texts that this project made itself, and on nobody else's."""

LENGTH = 20_000
SECONDS = 0.6
"""For one text; what grows with the square of it takes many seconds, what is linear some milliseconds."""


def value_of(node, names):
    """The text of a pattern, with names of the module put in; None where it is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [value_of(one.value if isinstance(one, ast.FormattedValue) else one, names) for one in node.values]
        return "".join(part if isinstance(part, str) else "x" for part in parts)
    if isinstance(node, ast.Name):
        return names.get(node.id)
    return None


def used():
    """Each pattern of the source: its place, the pattern, its flags, and the methods that are called on it."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "re." not in text or path.relative_to(ROOT).as_posix() in OWN:
            continue
        tree = ast.parse(text)
        names = {}
        for node in tree.body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.targets[0], ast.Name)
            ):
                names[node.targets[0].id] = node.value.value
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            if node.func.attr not in METHODS | {"compile"}:
                continue
            pattern = value_of(node.args[0], names)
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            flags = [part for part in ("MULTILINE", "DOTALL", "ASCII", "UNICODE") if part in ast.unparse(node)]
            methods = {node.func.attr}
            if node.func.attr == "compile":
                target = next(
                    (one.targets[0].id for one in ast.walk(tree) if isinstance(one, ast.Assign) and one.value is node),
                    None,
                )
                methods = {one for one in METHODS if target and re.search(rf"\b{target}\.{one}\(", text)} or {"search"}
            if pattern is not None:
                found.append((place, pattern, flags, sorted(methods)))
    return found


USED = used()


def test_patterns_are_found():
    assert len(USED) > 60
    assert any(isinstance(pattern, bytes) for _, pattern, _, _ in USED)


@pytest.mark.parametrize(("place", "pattern", "flags", "methods"), USED, ids=[one[0] for one in USED])
def test_each_is_linear(place, pattern, flags, methods):
    compiled = re.compile(pattern, sum((getattr(re, one) for one in flags), re.NOFLAG))
    slow = []
    for piece in PIECES:
        text = piece * (LENGTH // len(piece)) + "\x01"
        if isinstance(pattern, bytes):
            text = text.encode()
        for method in methods:
            began = time.process_time()
            match method:
                case "sub":
                    compiled.sub(b"" if isinstance(pattern, bytes) else "", text)
                case "finditer":
                    list(compiled.finditer(text))
                case _:
                    getattr(compiled, method)(text)
            taken = time.process_time() - began
            if taken > SECONDS:
                slow.append(f"{method} of {piece!r} x {LENGTH // len(piece)}: {taken:.1f} s")
    assert not slow
