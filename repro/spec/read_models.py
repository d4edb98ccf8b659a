"""`architecture` and `model`: every named model, and the one that an experiment takes."""

from repro.spec.entries import read_entry
from repro.spec.experiment import Block as ModelBlock
from repro.spec.experiment import Model
from repro.spec.layers import LayerLists
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import unknown
from repro.spec.read_features import FeatureLists
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.tree import Block, Items, Node, Text
from repro.spec.words import MODEL_KEYS


class Models:
    """All of `architecture`.

    Args:
        tree: an experiment's tree, or the base's.
        features: its feature lists, for `from`.
        reading: where problems go.

    """

    def __init__(self, tree: Block, features: FeatureLists, reading: Reading) -> None:
        self.reading = reading
        self.features = features
        self.place = tree.place
        node = tree.get(Text("architecture"))
        self.node: Block | None = None
        if isinstance(node, Block):
            self.node = node
        elif node is not None and not is_none(node):
            example = "architecture: {cnn: [Flatten, Linear: {out_features: classes}]}"
            reading.say(node, "architecture", f"expected NAME: model pairs, got {kind(node)}; write {example}")
        self.lists = LayerLists(self.node, reading) if self.node is not None else None

    def choose(self, node: Node | None, at: Place) -> Text | None:
        """The name of the model that an experiment takes: what `model` says, or the only one there is."""
        names = [] if self.node is None else list(self.node)
        if is_none(node):
            if len(names) == 1:
                return names[0]
            if self.node is not None:
                self.reading.say(
                    node or at, "model", f"is missing; `architecture` has {len(names)} models, write model: NAME"
                )
            elif not isinstance(node, Text):
                self.reading.say(at, "architecture", "is missing; write architecture: {NAME: [layers]}")
            return None
        assert node is not None
        name = self.reading.one_of(node, "model", "model", names)
        return None if name is None else next(k for k in names if k == name)

    def read(self, name: Text, label: str) -> tuple[Model, str] | None:
        """One model and the name of the input that it reads; ``label`` names its block."""
        assert self.node is not None
        assert self.lists is not None
        key = f"architecture.{name}"
        node = self.node[name]
        if self.reading.name(name, key) is None:
            return None
        if not isinstance(node, Block) or _is_one_layer(node):
            source = self._source(None, key, name.place)
            layers = self.lists.read(node, key, (str(name),))
            if not isinstance(node, Items) and isinstance(node, Text) and not layers:
                return None
            return None if source is None else (_net(name, label, source, layers), source)
        if not set(node) & set(MODEL_KEYS):
            if node and all(isinstance(v, Block) for v in node.values()):
                self.reading.not_yet(node, key, "models with several blocks")
            else:
                self.reading.block(node, key, MODEL_KEYS, example="[Flatten, Linear: {out_features: classes}]")
                self._neither(node, key)
            return None
        given = self.reading.block(node, key, MODEL_KEYS) or {}
        source = self._source(given.get("from"), f"{key}.from", name.place)
        if "layers" in given and "estimator" in given:
            self.reading.say(given["estimator"], f"{key}.estimator", "a model has layers or an estimator, not both")
            return None
        if "layers" in given:
            layers = self.lists.read(given["layers"], f"{key}.layers", (str(name),))
            return None if source is None else (_net(name, label, source, layers), source)
        if "estimator" in given:
            steps = self._estimator(given["estimator"], f"{key}.estimator")
            if source is None or not steps:
                return None
            block = ModelBlock(place=name.place, name=label, sources=(source,), estimator=steps)
            return Model(place=name.place, name=str(name), blocks=(block,)), source
        self._neither(node, key)
        return None

    def read_all(self, label: str) -> list[Model]:
        """Every model, so that the problems of those that no experiment takes are found too."""
        if self.node is None:
            return []
        found = []
        used = self._lists_only()
        for name in self.node:
            if name in used:  # a list that others copy in need not work alone: say nothing about its input
                assert self.lists is not None
                layers = self.lists.read(self.node[name], f"architecture.{name}", (str(name),))
                found.append(_net(name, label, "", layers))
            elif (read := self.read(name, label)) is not None:
                found.append(read[0])
        return found

    def _lists_only(self) -> set[str]:
        """Plain lists, which may be there only to be copied into others."""
        assert self.node is not None
        return {str(k) for k, v in self.node.items() if not isinstance(v, Block) or _is_one_layer(v)}

    def _neither(self, node: Block, key: str) -> None:
        self.reading.say(node, key, "has neither `layers` nor `estimator`")

    def _source(self, node: Node | None, key: str, at: Place) -> str | None:
        names = self.features.names
        if is_none(node):
            if len(names) == 1:
                return names[0]
            example = f"{{from: {names[-1] if names else 'NAME'}, layers: [...]}}"
            text = f"is missing: `features` has {len(names)} inputs; write {example}"
            self.reading.say(node or at, key if key.endswith(".from") else f"{key}.from", text)
            return None
        assert node is not None
        if isinstance(node, Items) and len(node) == 1:
            node = node[0]
        if isinstance(node, Items):
            self.reading.not_yet(node, key, "models with several inputs")
            return None
        if isinstance(node, Text) and node not in names:
            self.reading.say(node, key, unknown("input", node, names))
            return None
        return self.reading.one_of(node, key, "input", names)

    def _estimator(self, node: Node, key: str) -> tuple[Entry, ...]:
        steps = []
        for item in listed(node):
            entry = read_entry(item, "estimator", key=key, folder=self.reading.folder, problems=self.reading.problems)
            if entry is not None:
                steps.append(entry)
        return tuple(steps)


def _net(name: Text, label: str, source: str, layers: tuple) -> Model:  # type: ignore[type-arg]
    block = ModelBlock(place=name.place, name=label, sources=(source,), layers=layers)
    return Model(place=name.place, name=str(name), blocks=(block,))


def _is_one_layer(node: Block) -> bool:
    """True for `{ClassName: {...}}`: a list of one layer written without its brackets."""
    key = next(iter(node), Text(""))
    return len(node) == 1 and key.rpartition(":")[2][:1].isupper()
