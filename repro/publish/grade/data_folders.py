"""Which folders of a study hold its data, by the words of its spec: these may be links, and are not looked into."""

from collections.abc import Iterator

from repro.spec.own_folder import folder_name
from repro.spec.tree import ListNode, MapNode, Node, TextNode

_NEVER = ("runs", "results", "handin")
"""What a study writes itself is no data, whatever the spec calls it."""


def data_folders(tree: MapNode) -> tuple[str, ...]:
    """The folders that stand under ``folder``, in the data set or as a change to it, relative to the spec's."""
    return tuple(dict.fromkeys(name for name in _named(tree) if name.partition("/")[0] not in _NEVER))


def strays(links: list[str], data: tuple[str, ...]) -> list[str]:
    """The links among ``links`` that are neither a data folder, nor lie in one, nor lead to one.

    >>> strays(["takes", "more", "sets/a"], ("takes", "sets"))
    ['more']
    """
    return [
        link
        for link in links
        if not any(link == folder or link.startswith(f"{folder}/") or folder.startswith(f"{link}/") for folder in data)
    ]


def _named(node: Node) -> Iterator[str]:
    if isinstance(node, MapNode):
        for word, value in node.items():
            if isinstance(value, TextNode) and str(word).rpartition(".")[2] == "folder":
                try:
                    yield folder_name(str(value)).rstrip("/")
                except ValueError:
                    continue
            else:
                yield from _named(value)
    elif isinstance(node, ListNode):
        for value in node:
            yield from _named(value)
