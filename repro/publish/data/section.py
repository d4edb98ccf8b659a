"""A section of a report on data: lines and tables, before anybody has decided what they look like."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["", "ok", "note", "bad"]


@dataclass(frozen=True)
class Line:
    """A sentence; ``names`` are the items it is about, and ``mark`` whether it asks for anything to be done."""

    text: str
    mark: Mark = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table of texts. The first ``left`` columns are words, the others numbers, which stand on the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it."""

    title: str
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.lines and not self.tables
