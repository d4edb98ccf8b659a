"""`architecture` and `model`: every named model, and the one that an experiment takes."""

from collections.abc import Sequence

from repro.spec.entries import read_entry
from repro.spec.experiment import Block as ModelBlock
from repro.spec.experiment import Model
from repro.spec.keywords import BLOCK_KEYS, MODEL_KEYS
from repro.spec.layers import LayerLists
from repro.spec.part import Entry, Layer
from repro.spec.place import Place
from repro.spec.problem import unknown
from repro.spec.read_features import FeatureLists
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.tree import ListNode, MapNode, Node, TextNode

JOINS = frozenset({"Concat", "Add"})
"""Layers of ours that take several inputs."""

OUTPUT = "output"
"""What the block of a model is called as long as nobody knows the label."""


class ModelReader:
    """All of `architecture`.

    Args:
        tree: an experiment's tree, or the base's.
        features: its feature lists, for `from`.
        reading: where problems go.

    """

    def __init__(self, tree: MapNode, features: FeatureLists, reading: Reading) -> None:
        self.reading = reading
        self.features = features
        self.place = tree.place
        node = tree.get(TextNode("architecture"))
        self.node: MapNode | None = None
        if isinstance(node, MapNode):
            self.node = node
        elif node is not None and not is_none(node):
            example = "architecture: {cnn: [Flatten, Linear: {out_features: classes}]}"
            reading.say(node, "architecture", f"expected NAME: model pairs, got {kind(node)}; write {example}")
        self.lists = LayerLists(self.node, reading) if self.node is not None else None

    def choose(self, node: Node | None, at: Place) -> TextNode | None:
        """The name of the model that an experiment takes: what `model` says, or the only one there is."""
        names = [] if self.node is None else list(self.node)
        if is_none(node):
            if len(names) == 1:
                return names[0]
            if self.node is not None:
                self.reading.say(
                    node or at, "model", f"is missing; `architecture` has {len(names)} models, write model: NAME"
                )
            elif not isinstance(node, TextNode):
                self.reading.say(at, "architecture", "is missing; write architecture: {NAME: [layers]}")
            return None
        assert node is not None
        name = self.reading.one_of(node, "model", "model", names)
        return None if name is None else next(k for k in names if k == name)

    def read(self, name: TextNode, label: str | None) -> Model | None:
        """One model; ``label`` names the block that is its output (None: not known, so no block has to be it)."""
        assert self.node is not None
        assert self.lists is not None
        key = f"architecture.{name}"
        node = self.node[name]
        if self.reading.name(name, key) is None:
            return None
        self.lists.begin()
        if not isinstance(node, MapNode) or _is_one_layer(node):
            sources = self._sources(None, key, name.place, self.features.names)
            layers = self.lists.read(node, key, (str(name),))
            if not isinstance(node, ListNode) and isinstance(node, TextNode) and not layers:
                return None
            return None if sources is None else _net(name, label, sources, layers)
        if not set(node) & set(MODEL_KEYS):
            if node and all(isinstance(v, MapNode) for v in node.values()):
                return self._several(name, node, label)
            self.reading.block(node, key, MODEL_KEYS, example="[Flatten, Linear: {out_features: classes}]")
            self._neither(node, key)
            return None
        fields = self.reading.block(node, key, MODEL_KEYS) or {}
        sources = self._sources(fields.get("from"), f"{key}.from", name.place, self.features.names)
        if "layers" in fields and "estimator" in fields:
            self.reading.say(fields["estimator"], f"{key}.estimator", "a model has layers or an estimator, not both")
            return None
        if "layers" in fields:
            layers = self.lists.read(fields["layers"], f"{key}.layers", (str(name),))
            self._check_join(sources, layers, fields["layers"], f"{key}.layers")
            return None if sources is None else _net(name, label, sources, layers)
        if "estimator" in fields:
            steps = self._estimator(fields["estimator"], f"{key}.estimator")
            if sources is None or not steps:
                return None
            block = ModelBlock(place=name.place, name=label or OUTPUT, sources=sources, estimator=steps)
            return Model(place=name.place, name=str(name), blocks=(block,))
        self._neither(node, key)
        return None

    def _several(self, name: TextNode, node: MapNode, label: str | None) -> Model | None:
        """Several blocks; each reads inputs and blocks above it, and the one named like the label is the output."""
        assert self.lists is not None
        before = len(self.reading.problems)
        key = f"architecture.{name}"
        blocks: list[ModelBlock] = []
        for block, block_node in node.items():
            at = f"{key}.{block}"
            if self.reading.name(block, at) is None:
                continue
            if block in self.features.names:
                self.reading.say(block, at, f"{str(block)!r} is an input already; take another name for the block")
            fields = self.reading.block(
                block_node, at, BLOCK_KEYS, need=("layers",), example="{from: INPUT, layers: [...]}"
            )
            if fields is None or "layers" not in fields:
                continue
            above = [*self.features.names, *(upper_block.name for upper_block in blocks)]
            below = [str(k) for k in node if k not in above]
            sources = self._sources(fields.get("from"), f"{at}.from", block.place, above, below)
            layers = self.lists.read_block(fields["layers"], f"{at}.layers", str(name), str(block))
            self._check_join(sources, layers, fields["layers"], f"{at}.layers")
            blocks.append(ModelBlock(place=block.place, name=str(block), sources=sources or (), layers=layers))
        if label is not None and len(self.reading.problems) == before:
            self._check_blocks(name, blocks, label)
        if len(self.reading.problems) > before:
            return None
        return Model(place=name.place, name=str(name), blocks=tuple(blocks))

    def _check_blocks(self, name: TextNode, blocks: list[ModelBlock], label: str) -> None:
        """The label has its block, and every other block leads to it."""
        key = f"architecture.{name}"
        if all(block.name != label for block in blocks):
            text = f"no block is called like the label {label!r}; the block of that name is the output"
            self.reading.say(name, key, text)
            return
        read = {source for block in blocks for source in block.sources}
        for block in blocks:
            if block.name != label and block.name not in read:
                text = f"nothing reads this block, and it is not called like the label {label!r}"
                self.reading.say(block.place, f"{key}.{block.name}", text)
        if label in read:
            reader = next(block for block in blocks if label in block.sources)
            text = f"{label!r} is the output of the model, so no block can read it"
            self.reading.say(reader.place, f"{key}.{reader.name}.from", text)

    def _check_join(self, sources: tuple[str, ...] | None, layers: tuple[Layer, ...], node: Node, key: str) -> None:
        """What reads several begins with a layer that takes several."""
        if sources is None or len(sources) < 2:
            return
        text = f"{len(sources)} inputs come in; begin with Concat, Add or a class of your own that takes them all"
        if isinstance(node, ListNode) and not node:
            self.reading.say(node, key, text)
        elif layers and layers[0].own is None and layers[0].name not in JOINS:
            self.reading.say(layers[0].place, layers[0].path, f"{layers[0].short} takes one input, and {text}")

    def read_all(self, label: str | None = None) -> list[Model]:
        """Every model, so that the problems of those that no experiment takes are found too."""
        if self.node is None:
            return []
        models = []
        used = self._lists_only()
        for name in self.node:
            if name in used:  # a list that others copy in need not work alone: say nothing about its input
                assert self.lists is not None
                self.lists.begin()
                layers = self.lists.read(self.node[name], f"architecture.{name}", (str(name),))
                models.append(_net(name, label, (), layers))
            elif (model := self.read(name, label)) is not None:
                models.append(model)
        return models

    def _lists_only(self) -> set[str]:
        """Plain lists, which may be there only to be copied into others."""
        assert self.node is not None
        return {str(k) for k, v in self.node.items() if not isinstance(v, MapNode) or _is_one_layer(v)}

    def _neither(self, node: MapNode, key: str) -> None:
        self.reading.say(node, key, "has neither `layers` nor `estimator`")

    def _sources(
        self, node: Node | None, key: str, at: Place, names: Sequence[str], below: Sequence[str] = ()
    ) -> tuple[str, ...] | None:
        """What a model or block reads: one input or block, or several, each once.

        Args:
            node: what stands under ``from``.
            key: its path.
            at: where to say that it is missing.
            names: inputs, and blocks above.
            below: blocks that stand further down.

        """
        inputs = self.features.names
        if is_none(node):
            if len(inputs) == 1:
                return (inputs[0],)
            example = f"{{from: {inputs[-1] if inputs else 'NAME'}, layers: [...]}}"
            text = f"is missing: `features` has {len(inputs)} inputs; write {example}"
            self.reading.say(node or at, key if key.endswith(".from") else f"{key}.from", text)
            return None
        assert node is not None
        before = len(self.reading.problems)
        what = "input or block" if len(names) > len(inputs) or below else "input"
        sources: list[str] = []
        for item in listed(node):
            if isinstance(item, TextNode) and item in below:
                self.reading.say(item, key, f"{str(item)!r} does not stand above; a block reads what does")
            elif isinstance(item, TextNode) and item not in names:
                self.reading.say(item, key, unknown(what, item, names))
            elif (name := self.reading.one_of(item, key, what, names)) in sources:
                self.reading.say(item, key, f"{name!r} stands here twice")
            elif name is not None:
                sources.append(name)
        if not sources and len(self.reading.problems) == before:
            self.reading.say(node, key, f"expected the name of an {what}, got {kind(node)}")
        return tuple(sources) if len(self.reading.problems) == before else None

    def _estimator(self, node: Node, key: str) -> tuple[Entry, ...]:
        steps = []
        for item in listed(node):
            entry = read_entry(item, "estimator", key=key, folder=self.reading.folder, problems=self.reading.problems)
            if entry is not None:
                steps.append(entry)
        return tuple(steps)


def _net(name: TextNode, label: str | None, sources: tuple[str, ...], layers: tuple[Layer, ...]) -> Model:
    block = ModelBlock(place=name.place, name=label or OUTPUT, sources=sources, layers=layers)
    return Model(place=name.place, name=str(name), blocks=(block,))


def _is_one_layer(node: MapNode) -> bool:
    """True for `{ClassName: {...}}`: a list of one layer written without its brackets."""
    key = next(iter(node), TextNode(""))
    return len(node) == 1 and key.rpartition(":")[2][:1].isupper()
