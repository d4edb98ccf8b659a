"""What goes with a run beside its rows: tables and pictures, and artifacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from repro.publish.tracking.worst_mistakes import Confusion, Mistake


@dataclass(frozen=True)
class Grid:
    """A table of plain values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


Attachment = Confusion | Grid | bytes | tuple[Mistake, ...]
"""``bytes`` are a PNG."""


@dataclass(frozen=True)
class File:
    """An artifact: files by their names in it, with what is said of them."""

    name: str
    type: str
    files: Mapping[str, Path]
    metadata: Mapping[str, object]


@dataclass(frozen=True)
class Attachments:
    """``media`` by the key they are shown under; ``artifacts`` are kept whole, with their hashes."""

    media: Mapping[str, Attachment] = field(default_factory=dict)
    artifacts: tuple[File, ...] = ()
