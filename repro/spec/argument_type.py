"""The small language in which the index says what an argument takes.

int  float  bool  str  none  any  dict      plain values; ``any`` is whatever YAML reads
'same'  'valid'                             one of some words
(int, int)                                  exactly so many
[int]                                       any number of these
tensor                                      numbers, nested lists of numbers; the builder makes a tensor of them
function                                    a function by name, from the fixed table of that argument
classes                                     the word ``classes``: as many as the label has
layers                                      a list of layers, which whoever reads the model reads
int | (int, int) | none                     any of these
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(r"\s*(?:(?P<word>[a-z]+)|'(?P<choice>[^']*)'|(?P<mark>[()\[\],|]))")
_WORDS = frozenset({"int", "float", "bool", "str", "none", "any", "dict", "tensor", "function", "classes", "layers"})


@dataclass(frozen=True, slots=True)
class Word:
    """A plain type: ``int``, ``none``, ``classes``..."""

    word: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One fixed word, such as ``same``."""

    text: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """Exactly these, in this order."""

    items: tuple["Union", ...]


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of one type."""

    item: "Union"


@dataclass(frozen=True, slots=True)
class Union:
    """Any of these alternatives."""

    alternatives: tuple[Word | Choice | Fixed | Many, ...]

    @property
    def words(self) -> frozenset[str]:
        """The plain types among the alternatives."""
        return frozenset(a.word for a in self.alternatives if isinstance(a, Word))

    @property
    def choices(self) -> tuple[str, ...]:
        """The fixed words among the alternatives."""
        return tuple(a.text for a in self.alternatives if isinstance(a, Choice))


@cache
def parse_type(text: str) -> Union:
    """Parse a type; ValueError when it is not one.

    >>> parse_type("int | (int, int) | 'same'").choices
    ('same',)
    """
    tokens = list(_tokens(text))
    union, rest = _union(tokens)
    if rest:
        raise ValueError(f"{text!r}: nothing should follow {rest[0]!r}")
    return union


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} is not a type: cannot read it from {text[at:]!r}")
        yield match.group().strip()
        at = match.end()


def _union(tokens: list[str]) -> tuple[Union, list[str]]:
    first, tokens = _one(tokens)
    alternatives = [first]
    while tokens and tokens[0] == "|":
        following, tokens = _one(tokens[1:])
        alternatives.append(following)
    return Union(tuple(alternatives)), tokens


def _one(tokens: list[str]) -> tuple[Word | Choice | Fixed | Many, list[str]]:
    if not tokens:
        raise ValueError("a type ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "[":
        item, rest = _union(rest)
        return Many(item), _expect("]", rest)
    if head == "(":
        items = []
        while True:
            item, rest = _union(rest)
            items.append(item)
            if not rest or rest[0] != ",":
                return Fixed(tuple(items)), _expect(")", rest)
            rest = rest[1:]
    if head.startswith("'"):
        return Choice(head[1:-1]), rest
    if head not in _WORDS:
        raise ValueError(f"unknown type {head!r}")
    return Word(head), rest


def _expect(mark: str, tokens: list[str]) -> list[str]:
    if not tokens or tokens[0] != mark:
        raise ValueError(f"expected {mark!r} in a type")
    return tokens[1:]
