"""`features` and `augment`: how an item becomes what a model reads."""

from dataclasses import dataclass

from repro.spec.entries import read_entry
from repro.spec.experiment import Input
from repro.spec.index import index
from repro.spec.part import Entry
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.scalars import is_own_name
from repro.spec.tree import ListNode, MapNode, Node, TextNode

NAMELESS = "input"
"""The name of the input where `features` is one list, or nothing."""

MAX_FEATURES = 500
"""Most features in one input with its named lists copied in."""


@dataclass(frozen=True)
class _Here:
    """The word `augment` inside a list: what stands before it is cached, what stands behind it is made live."""


class FeatureLists:
    """All of `features`, read on demand.

    Args:
        node: what stands under ``features``, None for nothing.
        augment: what stands under ``augment``, None for nothing.
        reading: where problems go.

    """

    def __init__(self, node: Node | None, augment: Node | None, reading: Reading) -> None:
        self.reading = reading
        self.augment = None if is_none(augment) else augment
        node = None if is_none(node) else node
        self.named = node if isinstance(node, MapNode) and not _is_one_entry(node) else None
        self.nameless = node if self.named is None else None
        if self.named is not None:
            for name in self.named:
                if reading.name(name, f"features.{name}") == "augment":
                    reading.say(name, f"features.{name}", "`augment` marks a place inside a list; take another name")

    @property
    def names(self) -> tuple[str, ...]:
        """What a model may name under `from`."""
        return (NAMELESS,) if self.named is None else tuple(str(k) for k in self.named)

    @property
    def augments_by_input(self) -> bool:
        """Whether ``augment`` says for each input what is done to it, or nothing is done."""
        return self.augment is None or (isinstance(self.augment, MapNode) and not _is_one_entry(self.augment))

    def read(self, name: str, *, augmented: bool = True) -> Input:
        """One input: cached features, augmentation, live features. ``augmented`` False leaves augmentation out."""
        items = self.list_of(name)
        at = next((n for n, item in enumerate(items) if isinstance(item, _Here)), len(items))
        entries = [item for item in items if isinstance(item, Entry)]
        return Input(
            name=name,
            cached=tuple(entries[:at]),
            augment=self._augment(name) if augmented else (),
            live=tuple(entries[at:]),
        )

    def list_of(self, name: str) -> list[Entry | _Here]:
        """One list with named lists copied in."""
        if self.named is None:
            entries = [] if self.nameless is None else self._read(self.nameless, "features", ())
        else:
            entries = self._read(self.named[TextNode(name)], f"features.{name}", (name,))
        return entries[:MAX_FEATURES]

    def read_all(self) -> None:
        """Read every list, so that the problems of unused ones are found too."""
        for name in self.names:
            self.read(name)
        if isinstance(self.augment, MapNode) and not _is_one_entry(self.augment):
            for key in self.augment:
                if key not in self.names:
                    self.reading.say(key, f"augment.{key}", unknown("input", key, self.names))

    def _read(self, node: Node, key: str, above: tuple[str, ...]) -> list[Entry | _Here]:
        entries: list[Entry | _Here] = []
        for item in listed(node):
            if len(entries) > MAX_FEATURES:
                self.reading.say(item, key, f"more than {MAX_FEATURES} features in one list")
                break
            if isinstance(item, TextNode) and item == "augment":
                if any(isinstance(f, _Here) for f in entries):
                    self.reading.say(item, key, "`augment` stands here twice")
                else:
                    entries.append(_Here())
            elif isinstance(item, TextNode) and is_own_name(item):
                inner = self._named(item, key, above)
                if any(isinstance(f, _Here) for f in entries) and any(isinstance(f, _Here) for f in inner):
                    self.reading.say(item, key, f"`augment` stands here twice, once in {str(item)!r}")
                    inner = [f for f in inner if not isinstance(f, _Here)]
                entries += inner
            elif isinstance(item, ListNode):
                self.reading.say(
                    item, key, "a list inside a list; give it a name beside this one and write the name here"
                )
            else:
                entry = read_entry(item, "feature", key=key, folder=self.reading.folder, problems=self.reading.problems)
                if entry is not None:
                    entries.append(entry)
        return entries

    def _named(self, name: TextNode, key: str, above: tuple[str, ...]) -> list[Entry | _Here]:
        names = [k for k in self.named or () if k not in above[:1]]
        if self.named is None or name not in self.named:
            self.reading.say(
                name, key, unknown("list of features", name, [*names, "augment", *index().namespace("feature")])
            )
            return []
        if name in above:
            self.reading.say(name, key, f"goes round in a circle: {' -> '.join([*above, str(name)])}")
            return []
        return self._read(self.named[name], f"features.{name}", (*above, str(name)))

    def _augment(self, name: str) -> tuple[Entry, ...]:
        node, key = self.augment, "augment"
        if isinstance(node, MapNode) and not _is_one_entry(node):
            node, key = node.get(TextNode(name)), f"augment.{name}"
        return read_augment(node, key, self.reading)


def read_augment(node: Node | None, key: str, reading: Reading) -> tuple[Entry, ...]:
    """A list of augmentations."""
    if is_none(node):
        return ()
    assert node is not None
    entries = []
    for item in listed(node):
        if isinstance(item, ListNode):
            reading.say(item, key, f"expected one augmentation, got {kind(item)}")
            continue
        entry = read_entry(item, "augment", key=key, folder=reading.folder, problems=reading.problems)
        if entry is not None:
            entries.append(entry)
    return tuple(entries)


def _is_one_entry(node: MapNode) -> bool:
    """True for `{ClassName: {...}}`, a list of one written without its brackets."""
    return len(node) == 1 and not is_own_name(next(iter(node)))
