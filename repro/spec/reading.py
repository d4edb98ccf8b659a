"""Reading typed values out of the tree, collecting every problem on the way instead of stopping at the first."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from repro.spec import scalars
from repro.spec.experiment import Cadence, Duration
from repro.spec.place import Place
from repro.spec.problem import Problem, unknown, unknown_of
from repro.spec.tree import ListNode, MapNode, Node, TextNode

T = TypeVar("T")

MOST_NAMED = 12
"""As many columns or figures are named where one is unknown."""


class Reading:
    """What one pass over a spec has found wrong so far.

    Each method reads one kind of value. It returns None (or leaves the item out) after noting a problem, so that
    the caller can go on; whoever started the pass raises when there are any.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self._misspelt: set[str] = set()

    def say(self, at: Node | Place, key: str, text: str) -> None:
        """Note a problem.

        A text that begins with "is missing" is left out where a misspelt form of the key has been named already.
        """
        if text.startswith("is missing") and key in self._misspelt:
            return
        place = at if isinstance(at, Place) else at.place
        self.problems.append(Problem(place, key, text))

    def block(
        self,
        node: Node,
        key: str,
        known: Iterable[str] | None = None,
        *,
        need: Sequence[str] = (),
        example: str = "",
        later: dict[str, str] | None = None,
    ) -> dict[str, Node] | None:
        """A mapping; None when it is none.

        Args:
            node: what stands there.
            key: its path, for messages.
            known: the keys that it may have; None for names of the author's own, each checked to be a name.
            need: the keys that it must have.
            example: what to write, shown when it is no mapping.
            later: keys that the format has and that are not built yet: what they are for, in the user's words.

        """
        if not isinstance(node, MapNode):
            self.say(
                node, key, f"expected `name: value` pairs, got {kind(node)}" + (f"; write {example}" if example else "")
            )
            return None
        names = None if known is None else list(known)
        fields: dict[str, Node] = {}
        for name, value in node.items():
            if later and name in later:
                self.not_yet(name, f"{key}.{name}", later[name])
            elif names is None:
                if self.name(name, f"{key}.{name}") is not None:
                    fields[str(name)] = value
            elif name in names:
                fields[str(name)] = value
            else:
                self.unknown(name, f"{key}.", "key", [*names, *(later or {})])
        for required in need:
            if required not in node:
                self.say(node.place, f"{key}.{required}", "is missing")
        return fields

    def unknown(self, name: TextNode, above: str, what: str, known: Iterable[str]) -> str:
        """Note a key that is none of those known, and give the one that was meant, if any is near.

        ``above`` is the path before it, with its dot.
        """
        names = list(known)
        message = unknown(what, name, names)
        self.say(name, f"{above}{name}", message)
        near = next((candidate for candidate in names if message.endswith(f"did you mean {candidate!r}?")), "")
        if near:
            self._misspelt.add(f"{above}{near}")
        return near

    def not_yet(self, at: Node | Place, key: str, what: str) -> None:
        """Refuse a form that the format has and that is not built."""
        self.say(at, key, f"not supported yet: {what}")

    def _scalar(self, node: Node, key: str, expected: str, read: Callable[[str], T]) -> T | None:
        if not isinstance(node, TextNode):
            self.say(node, key, f"expected {expected}, got {kind(node)}")
            return None
        try:
            return read(node)
        except ValueError as error:
            self.say(node, key, str(error))
            return None

    def text(self, node: Node, key: str) -> str | None:
        """A text, as written."""
        if not isinstance(node, TextNode):
            hint = "; put quotes around a text that holds ': '" if isinstance(node, MapNode) else ""
            self.say(node, key, f"expected a text, got {kind(node)}{hint}")
            return None
        if not node.strip():
            self.say(node, key, "an empty text; write `none`, or leave the word out")
            return None
        if node.cut:
            self.say(node, key, f"the text ends before '#{node.cut[:20]}', as # starts a comment; put quotes around it")
            return None
        return str(node)

    def texts(self, node: Node, key: str) -> tuple[str, ...]:
        """One text or a list of them."""
        return tuple(t for item in listed(node) if (t := self.text(item, key)) is not None)

    def name(self, node: Node, key: str) -> str | None:
        """A name of the author's own."""
        return self._scalar(node, key, "a name", scalars.own_name)

    def whole(self, node: Node, key: str, *, least: int | None = None) -> int | None:
        """A whole number."""
        return self._scalar(node, key, "a whole number", lambda text: scalars.whole(text, least=least))

    def number(self, node: Node, key: str, *, least: float | None = None, above: float | None = None) -> float | None:
        """A number."""
        return self._scalar(node, key, "a number", lambda text: scalars.number(text, least=least, above=above))

    def truth(self, node: Node, key: str) -> bool | None:
        """True or false."""
        return self._scalar(node, key, "true or false", scalars.truth)

    def word(self, node: Node, key: str, choices: Sequence[str]) -> str | None:
        """One of some fixed words."""
        return self._scalar(node, key, f"one of {', '.join(choices)}", lambda text: scalars.word(text, choices))

    def duration(self, node: Node, key: str) -> Duration | None:
        """A number of steps or epochs."""
        return self._scalar(node, key, "a number of steps or epochs", scalars.duration)

    def cadence(self, node: Node, key: str) -> Cadence | None:
        """A number of steps, epochs, seconds or minutes."""
        return self._scalar(node, key, "a number of steps, epochs, seconds or minutes", scalars.cadence)

    def time_limit(self, node: Node, key: str) -> int | None:
        """A number of seconds, minutes or hours, in seconds."""
        return self._scalar(node, key, "a number of seconds, minutes or hours", scalars.time_limit)

    def one_of(self, node: Node, key: str, what: str, known: Iterable[str], *, few: bool = False) -> str | None:
        """A name that must be one of those known, such as an experiment's; where they are ``few``, all are named."""
        names = list(known)
        if not isinstance(node, TextNode):
            self.say(node, key, f"expected the name of one {what}, got {kind(node)}")
            return None
        if node not in names:
            self.say(node, key, (unknown_of if few and len(names) <= MOST_NAMED else unknown)(what, node, names))
            return None
        return str(node)

    def some_of(self, node: Node, key: str, what: str, known: Iterable[str]) -> tuple[str, ...]:
        """One name or a list of names, each one of those known and none twice."""
        names = list(known)
        chosen: list[str] = []
        for item in listed(node):
            name = self.one_of(item, key, what, names)
            if name is not None and name in chosen:
                self.say(item, key, f"{name!r} stands here twice")
            elif name is not None:
                chosen.append(name)
        return tuple(chosen)


def kind(node: Node) -> str:
    """What a node is, in words for a message.

    >>> kind(TextNode("x"))
    "'x'"
    """
    if isinstance(node, ListNode):
        return "a list"
    if isinstance(node, MapNode):
        first = next(iter(node), None)
        return "an empty block" if first is None else f"a block ({scalars.shown(first)[1:-1]}: ...)"
    return scalars.shown(node)


def listed(node: Node) -> Sequence[Node]:
    """A list, or one thing that stands for a list of one."""
    return node if isinstance(node, ListNode) else [node]


def is_none(node: Node | None) -> bool:
    """True for the word ``none``, and where nothing stands."""
    return node is None or (isinstance(node, TextNode) and node == "none" and not node.quoted)
