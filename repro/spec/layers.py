"""Lists of layers: entries of torch.nn or ours, named lists inside lists, Residual and Repeat."""

import re

from repro.spec.entries import read_entry
from repro.spec.index import index
from repro.spec.part import Layer
from repro.spec.problem import unknown
from repro.spec.reading import Reading, kind, listed
from repro.spec.scalars import is_own_name
from repro.spec.tree import ListNode, MapNode, Node, TextNode

MAX_LAYERS = 1_000
"""Most layers in one model with its named lists copied in: lists of lists can double without end."""

_CLASS = re.compile(r"[A-Z]\w*")


class LayerLists:
    """All of `architecture`'s lists, read on demand; a list inside a list is a fresh copy.

    Args:
        architecture: the word's tree.
        reading: where problems go.

    """

    def __init__(self, architecture: MapNode, reading: Reading) -> None:
        self.architecture = architecture
        self.reading = reading
        self._made = 0
        self._block: str | None = None

    def begin(self) -> None:
        """A model begins."""
        self._made = 0

    def read_block(self, node: Node, path: str, model: str, block: str) -> tuple[Layer, ...]:
        """The layers of one of a model's blocks. A block is no list, so a list of its name may stand in it."""
        self._block = block
        try:
            return self.read(node, path, (model, block))
        finally:
            self._block = None

    def read(self, node: Node, path: str, lists: tuple[str, ...]) -> tuple[Layer, ...]:
        """The layers of a list, in order.

        Args:
            node: the list, or one layer that stands for a list of one.
            path: what a change would write to reach the list.
            lists: the named lists it stands in, from outside in; behind the model its block, where it has several.

        """
        layers: list[Layer] = []
        labels: dict[str, Layer] = {}
        for item in listed(node):
            self._made += 1
            if self._made == MAX_LAYERS:
                self.reading.say(item, path, f"more than {MAX_LAYERS} layers in one model")
            if self._made >= MAX_LAYERS:
                break
            for layer in self._item(item, path, lists):
                if layer.label is not None and layer.lists == lists and layer.label in labels:
                    first = labels[layer.label].place
                    self.reading.say(
                        layer.place,
                        layer.path,
                        f"two layers are called {layer.label!r}; the first is on line {first.line}",
                    )
                if layer.label is not None and layer.lists == lists:
                    labels[layer.label] = layer
                layers.append(layer)
        return tuple(layers)

    def _item(self, item: Node, path: str, lists: tuple[str, ...]) -> tuple[Layer, ...]:
        if isinstance(item, TextNode) and is_own_name(item) and not item.endswith(".py"):
            return self._named(item, path, lists)
        if isinstance(item, ListNode):
            self.reading.say(
                item, path, "a list inside a list of layers; give it a name beside this one and write the name here"
            )
            return ()
        if isinstance(item, MapNode) and len(item) != 1:
            keys = list(item)
            if len(keys) > 1 and _CLASS.fullmatch(keys[0].rpartition(":")[2]):
                text = (
                    f"one layer at a time: the arguments of {keys[0]} go below it, indented, or in braces; "
                    "the next layer has its own line and dash"
                )
            else:
                text = f"expected one layer, got {kind(item)}"
            self.reading.say(keys[1] if len(keys) > 1 else item, path, text)
            return ()
        layer = self._layer(item, path, lists)
        return () if layer is None else (layer,)

    def _named(self, name: TextNode, path: str, lists: tuple[str, ...]) -> tuple[Layer, ...]:
        node = self.architecture.get(name)
        if node is None:
            others = [k for k in self.architecture if k != lists[0]]
            message = unknown("list of layers", name, [*others, *index().namespace("layer")])
            self.reading.say(name, path, message)
            return ()
        if name in (lists if self._block is None else (lists[0], *lists[2:])):
            self.reading.say(name, path, f"goes round in a circle: {' -> '.join([*lists, str(name)])}")
            return ()
        here = f"architecture.{name}"
        if isinstance(node, MapNode) and "layers" in node:
            node, here = node[TextNode("layers")], f"{here}.layers"
        elif isinstance(node, MapNode):
            self.reading.say(name, path, f"{str(name)!r} is no list of layers")
            return ()
        return self.read(node, here, (*lists, str(name)))

    def _layer(self, item: Node, path: str, lists: tuple[str, ...]) -> Layer | None:
        cls: TextNode
        args: Node | None = None
        if isinstance(item, MapNode):
            cls, args = next(iter(item.items()))
        elif isinstance(item, TextNode):
            cls = item
        else:
            return None
        short = cls.rpartition(":")[2]
        key = f"{path}.{short}"
        label = None
        rest: Node = item
        inner: dict[str, Node] = {}
        if isinstance(args, MapNode):
            words = ("name", "layers", "shortcut") if cls in ("Residual", "Repeat") else ("name",)
            taken = {str(k): v for k, v in args.items() if k in words}
            label = self.reading.name(taken["name"], f"{key}.name") if "name" in taken else None
            inner = {k: v for k, v in taken.items() if k != "name"}
            remaining = MapNode([(k, v) for k, v in args.items() if k not in taken], args.place)
            rest = MapNode({cls: remaining}, item.place) if remaining else cls
        at = f"{path}.{label}" if label else key
        if cls in ("Residual", "Repeat"):
            if args is not None and not isinstance(args, MapNode):
                times = "times: 4, " if cls == "Repeat" else ""
                self.reading.say(args, at, f"write {cls}: {{{times}layers: [...]}}, got {kind(args)}")
                return None
            return self._holder(cls, rest, inner, label, at, lists)
        entry = read_entry(rest, "layer", key=path, folder=self.reading.folder, problems=self.reading.problems)
        if entry is None:
            return None
        return Layer(
            name=entry.name, args=entry.args, places=entry.places, place=cls.place, label=label, lists=lists, path=at
        )

    def _holder(
        self, cls: TextNode, rest: Node, inner: dict[str, Node], label: str | None, at: str, lists: tuple[str, ...]
    ) -> Layer | None:
        """Residual `{layers, shortcut}` and Repeat `{times, layers}`."""
        block = rest[cls] if isinstance(rest, MapNode) else MapNode({}, cls.place)
        known = ("times",) if cls == "Repeat" else ()
        if "shortcut" in inner and cls == "Repeat":
            self.reading.say(inner["shortcut"], f"{at}.shortcut", "Repeat has no shortcut; Residual has")
        assert isinstance(block, MapNode)
        for name in block:
            if name not in known:
                self.reading.say(
                    name,
                    f"{at}.{name}",
                    unknown("argument", name, [*known, "layers", "name", *(["shortcut"] if cls == "Residual" else [])]),
                )
        if "layers" not in inner:
            self.reading.say(cls, f"{at}.layers", f"is missing; write {cls}: {{layers: [...]}}")
            return None
        args: dict[str, object] = {}
        if cls == "Repeat":
            times = block.get(TextNode("times"))
            if times is None:
                self.reading.say(cls, f"{at}.times", "is missing; write Repeat: {times: 4, layers: [...]}")
                return None
            number = self.reading.whole(times, f"{at}.times", least=1)
            if number is None:
                return None
            if number > 1000:
                self.reading.say(times, f"{at}.times", f"expected at most 1000, got {number}")
                return None
            args["times"] = number
        return Layer(
            name=str(cls),
            args=args,
            places={str(k): k.place for k in block},
            place=cls.place,
            label=label,
            lists=lists,
            path=at,
            layers=self.read(inner["layers"], f"{at}.layers", lists),
            shortcut=self.read(inner["shortcut"], f"{at}.shortcut", lists)
            if "shortcut" in inner and cls == "Residual"
            else (),
        )


def every(layers: tuple[Layer, ...]) -> list[Layer]:
    """All layers, inner ones too."""
    return [member for layer in layers for member in (layer, *every(layer.layers), *every(layer.shortcut))]
