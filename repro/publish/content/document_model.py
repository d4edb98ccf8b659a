"""The pieces of a document. Texts are plain: whoever renders them escapes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from repro.spec.place import NOWHERE, Place


@dataclass(frozen=True)
class Number:
    """A number as it is shown, and the ids of the runs behind it."""

    text: str
    runs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere; ``url`` is http(s), or nothing is linked."""

    text: str
    url: str


@dataclass(frozen=True)
class Name:
    """A name of the spec, such as an experiment's or a class's."""

    text: str


Span = str | Number | Link | Name
Text = tuple[Span, ...]
"""A line of text with the numbers, links and names in it."""


def text(*spans: Span) -> Text:
    """A text of these spans."""
    return tuple(span for span in spans if span != "")


def plain(text: Text) -> str:
    """A text without what stands behind it.

    >>> plain(text("ours is ", Number("93.8", ("cnn-seed0-1",)), " %"))
    'ours is 93.8 %'
    """
    return "".join(span if isinstance(span, str) else span.text for span in text)


def runs_of(text: Text) -> tuple[str, ...]:
    """The runs behind all numbers of a text, each once."""
    return tuple(dict.fromkeys(run for span in text if isinstance(span, Number) for run in span.runs))


@dataclass(frozen=True)
class Paragraph:
    """A line of ours."""

    text: Text
    mark: Literal["", "ok", "note", "bad"] = ""


@dataclass(frozen=True)
class Bullets:
    """Several lines."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Own:
    """What a person wrote, in paragraphs, and where it stands."""

    text: str
    place: Place = NOWHERE


@dataclass(frozen=True)
class Gap:
    """What only a person can write and nobody has: the question, and where its answer belongs."""

    question: str
    place: Place
    why: str


@dataclass(frozen=True)
class Row:
    """A row of a table; ``sentence`` goes under it, and ``kind`` says how it stands out."""

    cells: tuple[Text, ...]
    sentence: Text = ()
    kind: Literal["", "baseline", "group"] = ""


@dataclass(frozen=True)
class Table:
    """A table. ``align`` has a letter a column: l, r or c. A row of kind ``group`` has one cell, a heading."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    align: str
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Series:
    """One series of a chart. ``low`` and ``high`` are the ends of each value's interval, None where it has none."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    x: tuple[float, ...] = ()


@dataclass(frozen=True)
class Chart:
    """The numbers of a figure, for programs that draw charts of their own.

    ``bars`` have ``categories``, shared by all series; the series of ``lines`` have an ``x`` each.
    """

    kind: Literal["bars", "lines"]
    series: tuple[Series, ...]
    x_label: str
    y_label: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A figure with its caption; ``alt`` says what is seen for those who do not see it.

    It is drawn when it is asked for, as SVG or as PNG. ``chart`` are its numbers, where a program could draw it;
    ``projected`` is the same with larger letters, for a wall.
    """

    name: str
    caption: Text
    alt: str
    svg: Callable[[], bytes]
    png: Callable[[], bytes]
    chart: Chart | None = None
    runs: tuple[str, ...] = ()
    projected: "Picture | None" = None


Block = Paragraph | Bullets | Own | Gap | Table | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it. ``level`` 2 is a part of the document, 3 a question in it."""

    title: str
    blocks: tuple[Block, ...] = ()
    level: int = 2
    key: str = ""


@dataclass(frozen=True)
class Document:
    """A whole document: ``facts`` stand under its title, ``records`` are behind its numbers."""

    title: str
    facts: tuple[Text, ...]
    sections: tuple[Section, ...]
    records: tuple["RecordLine", ...] = ()


@dataclass(frozen=True)
class RecordLine:
    """A record behind the document's numbers."""

    run: str
    sha256: str
    state: str
    seconds: float
    device: str
