"""Where a thing stands in a file. Every part of a spec keeps its place, so that every message can name it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; lines and columns count from 1.

    Places never make two parts unequal: the same layer on another line is the same layer.

    >>> str(Place("paper.yaml", 14, 11))
    'paper.yaml:14:11'
    >>> Place("paper.yaml", 14, 11) == Place("other.yaml", 1, 1)
    True
    """

    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Place()
"""The place of what was made in Python and not read from a file."""
