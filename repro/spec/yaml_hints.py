"""What to do about the mistakes that YAML itself invites: commas, colons, quotes, tabs and missing indents."""

import re

from repro.spec.tree import Node, TextNode

_CLASS = re.compile(r"(?:[\w.-]+\.py:)?[A-Z]\w*")


def about_syntax(problem: str, lines: list[str], line: int, column: int) -> str:
    """Say what is wrong in the syntax and what to do; ``line`` and ``column`` count from 0.

    >>> about_syntax("mapping values are not allowed here", ["title: Adam: A Method"], 0, 11)
    "a second ': ' in one value; put quotes around a text that holds ': '"
    >>> about_syntax("mapping values are not allowed here", ["- ReLU", "  MaxPool2d: 2"], 1, 11)
    'this line is indented below a line that already has a value; indent it like its neighbours'
    """
    text = lines[line] if line < len(lines) else ""
    if "mapping values are not allowed" in problem:
        if text[:1].isspace() and ": " not in text[:column].strip() and any(above.strip() for above in lines[:line]):
            return "this line is indented below a line that already has a value; indent it like its neighbours"
        return "a second ': ' in one value; put quotes around a text that holds ': '"
    if "got ':'" in problem:
        if ": " in text[:column]:
            return "a second ': ' in one value; put quotes around a text that holds ': '"
        return "a ':' out of place; is a bracket still open on a line above?"
    if "<scalar>" in problem and re.search(r"""['"]\s*$""", text[:column]):
        return "text behind a closing quote; put the quotes around the whole text"
    if "stream end" in problem or "end of stream" in problem or "expected ',' or" in problem:
        cut = next((n for n, line_text in enumerate(lines[: line + 1]) if _cut_open(line_text)), None)
        if cut is not None:
            return (
                f"a bracket is never closed: on line {cut + 1} a '#' starts a comment; put quotes around a text "
                "that holds ' #'"
            )
    if "stream end" in problem or "end of stream" in problem:
        return "the file ends inside a bracket or a quote that was never closed"
    if "cannot start any token" in problem:
        char = re.search(r"found character '(.+?)'", problem)
        if char and char[1] in ("\\t", "\t"):
            return "a tab cannot stand here; use spaces"
        return f"a text cannot start with {char[1] if char else 'this character'!r}; put quotes around it"
    if "unknown escape" in problem:
        return "a backslash in double quotes starts an escape; use single quotes, or write \\\\"
    if (
        "expected <block end>" in problem
        or "did not find expected" in problem
        or "could not find expected ':'" in problem
    ):
        return "this does not fit to the lines above; check the indent, and that each key has its ': '"
    if "expected ',' or" in problem:
        end = "]" if "']'" in problem else "}"
        return f"a ',' or the closing '{end}' is missing"
    if "expected the node content" in problem:
        return "a value is missing here, or a bracket is of the wrong kind"
    return f"not YAML: {problem}"


def _cut_open(line: str) -> bool:
    """True when a comment glued to its ``#`` swallowed the bracket that this line should close."""
    code, mark, comment = re.sub(r"\s#(\S)", "\0\\1", line, count=1).partition("\0")
    opened = code.count("{") + code.count("[") - code.count("}") - code.count("]")
    return bool(mark) and opened > 0 and ("}" in comment or "]" in comment)


def about_empty_value(
    key: TextNode, written: str, before: tuple[TextNode, Node] | None, *, flow: bool, in_list: bool, next_line: str
) -> str:
    """Say what to do about a key without a value (``written`` is ``""``, ``~`` or ``null``).

    >>> keys = (TextNode("where"), TextNode("Table 2"))
    >>> about_empty_value(TextNode("row 3"), "", keys, flow=True, in_list=False, next_line="")
    "'row 3' has no value: a comma ended the text before it; write where: 'Table 2, row 3'"
    """
    if written:
        return f"{written!r} is no value; write `none` for none"
    if not flow and in_list and _CLASS.fullmatch(key):
        if next_line.strip() and not next_line.lstrip().startswith(("-", "#")) and ":" in next_line:
            return f"the arguments of {key} must be indented below it, or in braces: {key}: {{...}}"
        return f"{key} has no arguments: write `- {key}` without the colon"
    glued = re.fullmatch(r"([A-Za-z_][\w.-]*):(\S+)", key)
    if glued and not key.quoted:
        return f"a space is missing behind the colon; write {glued[1]}: {glued[2]}"
    if flow and before is not None and isinstance(before[1], TextNode) and not before[1].quoted:
        name, text = before[0], str(before[1])
        if re.fullmatch(r"[0-9]{1,3}", text) and re.fullmatch(r"[0-9]{3}", key):
            return f"a comma ends a value; write {name}: {text}{key}"
        if text.startswith("(") and key.endswith(")"):
            return f"a list is written in brackets; write {name}: [{text[1:]}, {key[:-1]}]"
        if not _CLASS.fullmatch(key) and re.search(r"\s|^[^a-z]", key):
            return f"{str(key)!r} has no value: a comma ended the text before it; write {name}: '{text}, {key}'"
    return "has no value; write `none` for none"
