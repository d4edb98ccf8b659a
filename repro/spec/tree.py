"""A spec as a tree of text: what stands in the file, every scalar still as written, every node with its place.

The loader makes it, changes are made on it, and the typed spec is read from it. Scalars stay text because the field
decides the type, not the look of the value.
"""

from collections.abc import Iterable, Mapping

from repro.spec.place import NOWHERE, Place


class TextNode(str):
    """A scalar or a key as written, without its quotes. Equal to the same str.

    ``cut`` is what stood right behind a ``#`` on the same line (``3`` for ``where: Fig #3``): YAML took it for a
    comment, and a text field says so.
    """

    __slots__ = ("cut", "place", "quoted")

    place: Place
    quoted: bool
    cut: str

    def __new__(cls, text: str, place: Place = NOWHERE, *, quoted: bool = False, cut: str = "") -> "TextNode":
        node = super().__new__(cls, text)
        node.place = place
        node.quoted = quoted
        node.cut = cut
        return node


class ListNode(list["Node"]):
    """A sequence. Never changed after it is made."""

    def __init__(self, items: Iterable["Node"] = (), place: Place = NOWHERE) -> None:
        super().__init__(items)
        self.place = place


class MapNode(dict[TextNode, "Node"]):
    """A mapping; its keys are :class:`TextNode` with their own places. Never changed after it is made."""

    def __init__(
        self,
        items: Mapping[TextNode, "Node"] | Iterable[tuple[TextNode, "Node"]] = (),
        place: Place = NOWHERE,
    ) -> None:
        super().__init__(items)
        self.place = place

    def key_place(self, key: str) -> Place:
        """Where this key stands; the block's own place when it has no such key."""
        return next((k.place for k in self if k == key), self.place)


Node = TextNode | ListNode | MapNode
