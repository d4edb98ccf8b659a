"""A tree as plain Python values, all scalars text: for words that only later rooms read."""

from typing import Any

from repro.spec.tree import Block, Items, Node


def plain(node: Node) -> Any:
    """Text, lists and dicts.

    >>> from repro.spec.yaml import read_tree
    >>> plain(read_tree("a: [1, b]", ""))
    {'a': ['1', 'b']}
    """
    if isinstance(node, Block):
        return {str(k): plain(v) for k, v in node.items()}
    if isinstance(node, Items):
        return [plain(one) for one in node]
    return str(node)
