"""Manifests: a CSV file with one row for each recording of one's own. Read as text; no recording is opened.

The first row names the columns. ``path`` is a file, relative to the data folder. ``start`` and ``end``, in seconds,
make a row a stretch of its file; both may be empty. ``split`` is train, validation or test; ``fold`` a whole number
from 1; ``group`` ties rows together that must not be parted. All other columns are kept as they are: labels, and what
else is known.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

from repro.spec import scalars
from repro.spec.place import Place
from repro.spec.problem import Problem, unknown

MAX_BYTES = 2**28
PARTS = ("train", "validation", "test")
NOT_LABELS = frozenset({"path", "start", "end", "split", "fold", "group"})
"""Columns that mean something to repro."""
GROUPS = ("group", "speaker", "singer", "subject", "patient", "artist", "session", "source")
"""Columns that tie rows together, the most telling first."""

_FOR_PATH = frozenset({"file", "filename", "file_name", "filepath", "audio", "name", "recording", "image"})
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, its file with forward slashes, the stretch in seconds, and its cells by column."""

    line: int
    path: str
    cells: Mapping[str, str]
    stretch: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that has been read. ``columns`` in order, without path, start and end."""

    file: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def place(self, row: Row) -> Place:
        """Where a row stands."""
        return Place(str(self.file), row.line, 1)

    def cells(self, column: str) -> list[str]:
        """The cells of one column, in order."""
        return [row.cells[column] for row in self.rows]


def read_manifest(file: Path) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest, or None and every problem with its line. A file that did not change is read once in a process."""
    try:
        stat = file.stat()
    except OSError as error:
        return None, (Problem(Place(str(file), 1, 1), "", f"cannot be read: {error.strerror}"),)
    return _read(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(file: Path, size: int, mtime_ns: int) -> tuple[Manifest | None, tuple[Problem, ...]]:
    if size > MAX_BYTES:
        return None, (Problem(Place(str(file), 1, 1), "", f"is larger than {MAX_BYTES // 2**20} MB"),)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return None, (Problem(Place(str(file), 1, 1), "", f"cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, (Problem(Place(str(file), line, 1), "", "is not UTF-8; save it as CSV UTF-8"),)
    reading = _Reading(file)
    manifest = reading.manifest(text)
    return (None if reading.problems else manifest), tuple(reading.problems)


class _Reading:
    """One pass over a manifest, and what it found wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, line: int, key: str, text: str) -> None:
        self.problems.append(Problem(Place(str(self.file), line, 1), key, text))

    def manifest(self, text: str) -> Manifest | None:
        lines = self.lines(text)
        header = next(lines, None)
        if header is None:
            if not self.problems:
                self.say(1, "", "is empty; its first row names the columns, such as path,label")
            return None
        columns = [name.strip() for name in header[1]]
        if not self.header(columns):
            return None
        rows = [row for line, cells in lines if (row := self.row(line, columns, cells)) is not None]
        if not rows and not self.problems:
            self.say(1, "", "has a row of names and nothing below it")
        self.stretches(rows)
        kept = tuple(name for name in columns if name not in ("path", "start", "end"))
        return Manifest(self.file, kept, tuple(rows))

    def lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line on which each begins; empty lines are passed over."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.say(line, "", f"is not CSV: {error}; a quote inside a cell is written twice")
                return
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1

    def header(self, columns: list[str]) -> bool:
        before = len(self.problems)
        if len(columns) == 1:
            for mark, name in _SEPARATORS.items():
                if mark in columns[0]:
                    self.say(1, "", f"its columns are separated by {name}; save it with commas")
                    return False
        for number, name in enumerate(columns, 1):
            if not name:
                self.say(1, "", f"column {number} has no name")
            elif columns.index(name) != number - 1:
                self.say(1, name, "two columns have this name")
        if "path" not in columns:
            near = next((name for name in columns if name.lower() in _FOR_PATH or name.lower() == "path"), None)
            hint = f"; call {near!r} so" if near else f"; it has {', '.join(columns[:8])}"
            self.say(1, "path", f"there is no column `path`{hint}")
        if ("start" in columns) != ("end" in columns):
            self.say(1, "start", "columns start and end go together, both in seconds")
        return len(self.problems) == before

    def row(self, line: int, columns: list[str], given: list[str]) -> Row | None:
        if len(given) != len(columns):
            self.say(line, "", f"has {len(given)} cells for {len(columns)} columns; a cell with a comma needs quotes")
            return None
        cells = {name: cell.strip() for name, cell in zip(columns, given, strict=True)}
        path = self.path(line, cells.pop("path"))
        stretch = self.stretch(line, cells.pop("start", ""), cells.pop("end", ""))
        if "split" in cells and cells["split"] not in PARTS:
            said = unknown("part", cells["split"], PARTS) if cells["split"] else "is empty"
            self.say(line, "split", f"{said}; write train, validation or test")
        if "fold" in cells:
            try:
                cells["fold"] = str(scalars.whole(cells["fold"], least=1))
            except ValueError as error:
                self.say(line, "fold", str(error) if cells["fold"] else "is empty")
        if "group" in cells and not cells["group"]:
            self.say(line, "group", "is empty; a row that belongs to no other has a group of its own")
        return None if path is None else Row(line, path, cells, stretch)

    def path(self, line: int, cell: str) -> str | None:
        posix = PurePosixPath(cell.replace("\\", "/"))
        if not cell or posix == PurePosixPath("."):
            self.say(line, "path", "is empty")
        elif posix.is_absolute() or PureWindowsPath(cell).drive or ".." in posix.parts:
            self.say(line, "path", f"{cell!r} leaves the data folder; write a path in it")
        else:
            return posix.as_posix()
        return None

    def stretch(self, line: int, start: str, end: str) -> tuple[float, float] | None:
        if not start and not end:
            return None
        try:
            first, last = scalars.number(start, least=0), scalars.number(end, above=0)
        except ValueError as error:
            self.say(line, "start" if not start else "end", f"start and end are seconds: {error}")
            return None
        if last <= first:
            self.say(line, "end", f"the stretch from {start} to {end} s has no length")
            return None
        return first, last

    def stretches(self, rows: list[Row]) -> None:
        """No row stands there twice."""
        first: dict[tuple[str, tuple[float, float] | None], int] = {}
        for row in rows:
            seen = first.setdefault((row.path, row.stretch), row.line)
            if seen != row.line:
                self.say(row.line, "path", f"{row.path} stands on line {seen} too")
