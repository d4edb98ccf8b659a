"""Strict YAML 1.2: text to a tree in which every scalar is still text and every node has its place.

Refused, each at its place: tags, directives, anchors, aliases, merge keys, several documents, duplicate keys, empty
values, control characters, files above :data:`MAX_BYTES` and nesting deeper than :data:`MAX_DEPTH`. The parser's
events are read one by one and the depth is bounded as they come, so no file can exhaust the stack.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from repro.disk.untrusted_files import OutsideError, opened_inside
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.yaml_hints import about_empty_value, about_syntax

MAX_BYTES = 512 * 1024
"""A spec is a page or two; a larger file is a mistake."""

MAX_DEPTH = 32
"""Deepest nesting of lists and blocks."""

MAX_NODES = 50_000
"""Most scalars, lists and blocks in one spec."""

# C0 and C1 controls but tab and line feed; line and paragraph separators; characters that turn the direction of text
# or cannot be written as UTF-8: none has business in a spec, and some hide what a reader sees.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_EMPTY = frozenset(["", "~", "null", "Null", "NULL"])


def read_file(path: Path, shown: str, within: Path | None = None) -> str:
    """Read a spec file as text.

    Args:
        path: of the file.
        shown: the path as the user gave it.
        within: the folder out of which no link is followed; None for a file of the user's own.

    Raises:
        SpecError: not there, not a file, not readable, too large, not UTF-8, or a link that leads out of the folder.

    """
    try:
        if not path.is_file():
            what = "this is a folder, not a file" if path.is_dir() else "no such file"
            raise SpecError([Problem(Place(shown), "", what)])
        with path.open("rb") if within is None else opened_inside(path, within) as file:
            data = file.read(MAX_BYTES + 1)
    except OutsideError as error:
        raise SpecError([Problem(Place(shown), "", str(error.strerror))]) from None
    except OSError as error:
        raise SpecError([Problem(Place(shown), "", f"cannot be read: {error.strerror}")]) from None
    except ValueError:  # a path with a null character
        raise SpecError([Problem(Place(shown.replace("\0", "\\0")), "", "no such file")]) from None
    if len(data) > MAX_BYTES:
        raise SpecError(
            [Problem(Place(shown), "", f"larger than {MAX_BYTES // 1024} KB; a spec is a page or two of text")]
        )
    return decode(data, shown)


def decode(data: bytes, shown: str) -> str:
    """Bytes to text: UTF-8, with or without a byte order mark, any line ends.

    Raises:
        SpecError: not UTF-8, at the line and column of the first bad byte.

    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise SpecError([Problem(Place(shown, 1, 1), "", "the file is UTF-16; save it as UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        bad = data[error.start]
        text = f"byte 0x{bad:02x} is not UTF-8; save the file as UTF-8"
        raise SpecError([Problem(Place(shown, line, column), "", text)]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_tree(text: str, file: str) -> MapNode:
    """Read one YAML document whose top is a mapping.

    Args:
        text: the document.
        file: what messages call the file.

    Raises:
        SpecError: every problem found. After a mistake in the syntax nothing behind it can be read.

    >>> read_tree("model: cnn  # the net", "paper.yaml")
    {'model': 'cnn'}

    """
    node = read_value(text, file)
    if not isinstance(node, MapNode):
        raise SpecError([Problem(node.place, "", "a spec is made of `word: value` lines, such as `question: ...`")])
    return node


def read_value(text: str, file: str) -> Node:
    """Read one YAML document, of any kind: a whole spec, or the value of one change.

    Raises:
        SpecError: every problem found.

    """
    if len(text) > MAX_BYTES:
        raise SpecError(
            [Problem(Place(file), "", f"larger than {MAX_BYTES // 1024} KB; a spec is a page or two of text")]
        )
    problems = list(_bad_characters(text, file)) + list(_directives(text, file))
    if problems:
        raise SpecError(problems)
    builder = _Builder(file=file, lines=text.split("\n"))
    builder.build(text)
    if builder.problems:
        raise SpecError(builder.problems)
    if builder.root is None:
        raise SpecError([Problem(Place(file, 1, 1), "", "the file is empty")])
    return builder.root


def _bad_characters(text: str, file: str) -> Iterator[Problem]:
    for match in _FORBIDDEN.finditer(text):
        at = match.start()
        place = Place(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        yield Problem(place, "", f"character U+{ord(match[0]):04X} is not allowed; delete it")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        indent = line[: len(line) - len(line.lstrip())]
        if not line.strip():
            continue
        if "\t" in indent:
            yield Problem(Place(file, number, indent.index("\t") + 1), "", "a tab cannot indent YAML; use spaces")
        elif indent.strip(" "):
            column = len(indent) - len(indent.lstrip(" ")) + 1
            yield Problem(Place(file, number, column), "", "indented by a character that is not a plain space")


def _directives(text: str, file: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("%"):
            yield Problem(Place(file, number, 1), "", "YAML directives (%...) are not allowed; delete the line")
        elif line.strip() and not line.lstrip().startswith("#"):
            return


@dataclass
class _Open:
    """A list or block still being read."""

    node: Node
    flow: bool
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[TextNode, Node]] = field(default_factory=list)
    keys: dict[TextNode, TextNode] = field(default_factory=dict)
    key: TextNode | None = None  # read, its value still to come
    key_is_bad: bool = False  # a list or block stood where a key must


@dataclass
class _Builder:
    file: str
    lines: list[str]
    problems: list[Problem] = field(default_factory=list)
    root: Node | None = None
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    nodes: int = 0

    def build(self, text: str) -> None:
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                if not self.take(event):
                    return
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark is not None else (0, 0)
            message = about_syntax(str(error.problem or error.context or ""), self.lines, line, column)
            self.say(Place(self.file, line + 1, column + 1), message)
        except (YAMLError, ValueError, OverflowError) as error:  # such as an escape beyond Unicode
            self.say(Place(self.file, 1, 1), f"not YAML: {str(error).splitlines()[0]}")

    def take(self, event: Event) -> bool:
        """Work on one event; False to stop reading."""
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.say(place, "a second document starts here; a spec is one document, delete the `---`")
                return False
        elif isinstance(event, AliasEvent):
            self.say(place, f"aliases (*{event.anchor}) are not allowed; write the value out, or use a named list")
            self.put(TextNode("", place), flow=False)
        elif isinstance(event, ScalarEvent):
            self.marks(event, place)
            self.scalar(event, place)
        elif isinstance(event, SequenceStartEvent | MappingStartEvent):
            self.marks(event, place)
            return self.open(
                ListNode([], place) if isinstance(event, SequenceStartEvent) else MapNode({}, place), event
            )
        elif isinstance(event, SequenceEndEvent | MappingEndEvent):
            self.close()
        return self.nodes <= MAX_NODES or self.too_many(place)

    def too_many(self, place: Place) -> bool:
        self.say(place, f"more than {MAX_NODES} values in one spec")
        return False

    def marks(self, event: Any, place: Place) -> None:
        """Refuse an anchor or a tag on this node."""
        if event.anchor is not None:
            self.say(place, f"anchors (&{event.anchor}) are not allowed; a named list can be used again by its name")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.say(
                place, "tags (!...) are not allowed; the field decides the type. Put quotes around a text with '!'"
            )

    def scalar(self, event: ScalarEvent, place: Place) -> None:
        quoted = event.style is not None
        bad = _FORBIDDEN.search(event.value)
        if bad:
            self.say(place, f"character U+{ord(bad[0]):04X} is not allowed in a text")
        cut = "" if quoted else self.comment_behind(event)
        text = TextNode("" if bad else str(event.value), place, quoted=quoted, cut=cut)
        parent = self.stack[-1] if self.stack else None
        is_key = (
            isinstance(parent and parent.node, MapNode)
            and parent is not None
            and parent.key is None
            and not parent.key_is_bad
        )
        if not is_key and not quoted and text in _EMPTY and not bad:
            self.empty_value(text, parent)
        self.put(text, flow=False)

    def comment_behind(self, event: ScalarEvent) -> str:
        """What a ``#`` without a space behind it cut off this scalar's line."""
        rest = self.lines[event.end_mark.line][event.end_mark.column :] if event.end_mark.line < len(self.lines) else ""
        match = re.match(r"\s+#([^\s#].*)", rest)
        return match[1].strip() if match else ""

    def empty_value(self, text: TextNode, parent: _Open | None) -> None:
        if parent is None or parent.key_is_bad:
            self.say(text.place, "the file is empty" if not text else f"an empty value ({text})")
            return
        key = parent.key if parent.key is not None else text
        before = parent.pairs[-1] if parent.pairs else None
        in_list = len(self.stack) > 1 and isinstance(self.stack[-2].node, ListNode)
        after = self.lines[key.place.line : key.place.line + 1] if not parent.flow else []
        message = about_empty_value(key, str(text), before, flow=parent.flow, in_list=in_list, next_line="".join(after))
        self.say(key.place if parent.key is not None else text.place, message)

    def open(self, node: ListNode | MapNode, event: Any) -> bool:
        if len(self.stack) >= MAX_DEPTH:
            self.say(node.place, f"nested deeper than {MAX_DEPTH} levels")
            return False
        self.nodes += 1
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.node, MapNode) and parent.key is None and not parent.key_is_bad:
            self.say(node.place, "a key must be a word, not a list or a block")
        self.stack.append(_Open(node, flow=bool(event.flow_style)))
        return True

    def close(self) -> None:
        done = self.stack.pop()
        node: Node
        if isinstance(done.node, ListNode):
            node = ListNode(done.items, done.node.place)
        else:
            node = MapNode(done.pairs, done.node.place)
        self.put(node, flow=done.flow)

    def put(self, node: Node, *, flow: bool) -> None:
        """Put a finished node where it belongs: the top, a list, a key or a value."""
        self.nodes += 1
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.node, ListNode):
            parent.items.append(node)
        elif parent.key_is_bad:
            parent.key_is_bad = False
        elif parent.key is None:
            if isinstance(node, TextNode):
                self.check_key(node, parent)
                parent.key = node
            else:
                parent.key_is_bad = True
        else:
            if parent.key not in parent.keys:
                parent.keys[parent.key] = parent.key
                parent.pairs.append((parent.key, node))
            parent.key = None

    def check_key(self, key: TextNode, parent: _Open) -> None:
        if key == "<<" and not key.quoted:
            self.say(key.place, "merge keys (<<) are not allowed; write the values out")
        elif key == "":
            self.say(key.place, "a value without a key: what does it belong to?")
        first = parent.keys.get(key)
        if first is not None:
            self.say(key.place, f"{str(key)!r} stands here twice; the first is on line {first.place.line}", key)

    def path(self) -> str:
        """The keys on the way to here, joined by dots."""
        return ".".join(o.key for o in self.stack if o.key is not None)

    def say(self, place: Place, text: str, key: str = "") -> None:
        path = self.path()
        self.problems.append(Problem(place, f"{path}.{key}" if path and key else path or key, text))
