"""What one person asked and answered, as values."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class StudentQuestion:
    """A question: of whom (empty for one of the thread), on which paper, and where it stands.

    ``line`` is where the same words stand in the thread. ``on`` is the paper's key, empty where none is named.
    """

    text: str
    who: str
    place: str
    on: str = ""
    when: datetime | None = None
    line: int | None = None


@dataclass(frozen=True)
class StudentAnswer:
    """An answer to a peer: ``to`` is whom it names."""

    text: str
    who: str
    place: str
    to: str
    on: str = ""


@dataclass(frozen=True)
class Person:
    """Who takes part. ``names`` are what a peer may call them; ``unread`` says why what they wrote cannot be read.

    ``is_absent`` is whether there is nothing of theirs: no folder, or no spec in it.
    """

    name: str
    names: tuple[str, ...]
    asked: tuple[StudentQuestion, ...] = ()
    answered: tuple[StudentAnswer, ...] = ()
    unread: tuple[str, ...] = field(default=())
    is_absent: bool = False
