"""A spec's tree as YAML again, in one canonical form: ``read_tree(dump(tree)) == tree``.

Words in the order of :mod:`repro.spec.keywords`, `paper` in block style, braces and brackets where they fit on a line,
quotes exactly where YAML (or a reader) could take the text for something else.
"""

import json
import re

from repro.spec.keywords import ORDER
from repro.spec.tree import ListNode, MapNode, Node, TextNode

WIDTH = 120
"""Longest line in which braces and brackets are written."""

_PLAIN = re.compile(r"[^\W_][\w./+()%*°±²µ'?!&-]*(?: [\w./+()%*=<>°±²µ;'?!&-]+| ?:(?=\S))*", re.UNICODE)
_BLOCK_ALWAYS = frozenset(
    {
        "paper",
        "proposal",
        "architecture",
        "features",
        "experiments",
        "reported",
        "expected",
        "claims",
        "figures",
        "sources",
        "rungs",
        "related_work",
    }
)
_LOOKS_EMPTY = frozenset({"null", "Null", "NULL", "~", ""})


def dump(tree: MapNode) -> str:
    """The tree as YAML text, ending in a line feed; empty for an empty tree."""
    order = {word: n for n, word in enumerate(ORDER)}
    pairs = sorted(tree.items(), key=lambda pair: order.get(pair[0], len(order)))
    lines: list[str] = []
    for key, value in pairs:
        _pair(lines, key, value, 0, spread=key in _BLOCK_ALWAYS)
    return "".join(f"{line}\n" for line in lines)


def flow(node: Node) -> str:
    r"""A node on one line.

    >>> from repro.spec.yaml import read_tree
    >>> flow(read_tree("a:\n  - b\n  - c: 'd, e'", ""))
    '{a: [b, {c: "d, e"}]}'
    """
    if isinstance(node, MapNode):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in node.items()) + "}"
    if isinstance(node, ListNode):
        return "[" + ", ".join(flow(item) for item in node) + "]"
    return scalar(node)


def scalar(text: str) -> str:
    """A scalar, in double quotes where it needs them.

    >>> scalar("250 steps"), scalar("Table 2, row 3"), scalar("1e-3")
    ('250 steps', '"Table 2, row 3"', '1e-3')
    """
    quoted = isinstance(text, TextNode) and text.quoted and text in ("none",)
    simple = _PLAIN.fullmatch(text) or re.fullmatch(r"[-+.]?[0-9][0-9.eE+-]*|\.\.\.", text)
    if simple and not quoted and text not in _LOOKS_EMPTY and not text.endswith(":"):
        return str(text)
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\x7f")


def _pair(lines: list[str], key: TextNode, value: Node, indent: int, *, spread: bool = False) -> None:
    head = f"{' ' * indent}{scalar(key)}:"
    line = f"{head} {flow(value)}"
    if isinstance(value, TextNode) or not value or (len(line) <= WIDTH and not spread):
        lines.append(line)
    elif isinstance(value, MapNode):
        lines.append(head)
        for inner, below in value.items():
            _pair(lines, inner, below, indent + 2)
    else:
        lines.append(head)
        for item in value:
            _item(lines, item, indent + 2)


def _item(lines: list[str], item: Node, indent: int) -> None:
    line = f"{' ' * indent}- {flow(item)}"
    if len(line) <= WIDTH or isinstance(item, TextNode) or not item:
        lines.append(line)
        return
    inner: list[str] = []
    if isinstance(item, MapNode):
        for key, value in item.items():
            _pair(inner, key, value, indent + 2)
    else:
        for child in item:
            _item(inner, child, indent + 2)
    inner[0] = f"{' ' * indent}- {inner[0].lstrip(' ')}"
    lines.extend(inner)
