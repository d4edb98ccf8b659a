"""Manifests: a CSV file with one row for each recording of one's own. Read as text; no recording is opened.

The first row names the columns. ``path`` is a file, relative to the data folder. ``start`` and ``end``, in seconds,
make a row a stretch of its file; both may be empty (:mod:`repro.spec.interval_columns` knows other spellings).
``split`` is train, validation or test; ``fold`` a whole number from 1; ``group`` ties rows together that must not be
parted. All other columns are kept as they are: labels, and what else is known; some of them say by their names what
they are (:mod:`repro.spec.column_names`).
"""

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

from repro.disk.untrusted_files import opened_inside, read_inside
from repro.spec import scalars
from repro.spec.interval_columns import AmbiguousInterval, IntervalColumns, interval_columns
from repro.spec.place import Place
from repro.spec.problem import Problem, unknown
from repro.spec.similar_names import composed

MAX_BYTES = 2**26
PARTS = ("train", "validation", "test")
NOT_LABELS = frozenset({"path", "start", "end", "split", "fold", "group"})
"""Columns that mean something to repro."""

_FOR_PATH = frozenset({"file", "filename", "file_name", "filepath", "audio", "name", "recording", "image"})
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class ManifestRow:
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
    rows: tuple[ManifestRow, ...]

    def place(self, row: ManifestRow) -> Place:
        """Where a row stands."""
        return Place(str(self.file), row.line, 1)

    def without(self, out: Callable[[str], bool]) -> "Manifest":
        """The manifest without the rows of some files."""
        return replace(self, rows=tuple(row for row in self.rows if not out(row.path)))

    def cells(self, column: str) -> list[str]:
        """The cells of one column, in order."""
        return [row.cells[column] for row in self.rows]


def read_manifest(
    file: Path, within: Path | None = None, *, quote: bool = True
) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """The manifest, or None and every problem with its line. A file that did not change is read once in a process.

    Args:
        file: the CSV file.
        within: the folder out of which no link is followed; the file's own by default.
        quote: whether a message may say what stands in a file that is no manifest.

    """
    within = file.parent if within is None else within
    try:
        with opened_inside(file, within) as opened:
            stat = os.fstat(opened.fileno())
        return _read(file, within, quote, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        return None, (Problem(Place(str(file), 1, 1), "", f"cannot be read: {error.strerror}"),)


@lru_cache(maxsize=8)
def _read(
    file: Path, within: Path, quote: bool, size: int, mtime_ns: int
) -> tuple[Manifest | None, tuple[Problem, ...]]:
    try:
        text = read_inside(file, within, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, (Problem(Place(str(file), line, 1), "", "is not UTF-8; save it as CSV UTF-8"),)
    reading = _ManifestReader(file, quote)
    manifest = reading.manifest(text)
    return (None if reading.problems else manifest), tuple(reading.problems)


class _ManifestReader:
    """One pass over a manifest, and what it found wrong."""

    def __init__(self, file: Path, quote: bool = True) -> None:
        self.file = file
        self.quote = quote
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
        columns = [composed(name.strip()) for name in header[1]]
        if not self.header(columns):
            return None
        table = list(lines)
        stretch = self.interval_columns(columns, [cells for _, cells in table if len(cells) == len(columns)])
        rows = [row for line, cells in table if (row := self.row(line, columns, cells, stretch)) is not None]
        if not rows and not self.problems:
            self.say(1, "", "has a row of names and nothing below it")
        self.stretches(rows)
        taken = {"path", *((stretch.start, stretch.last) if stretch else ())}
        return Manifest(self.file, tuple(name for name in columns if name not in taken), tuple(rows))

    def interval_columns(self, columns: list[str], table: list[list[str]]) -> IntervalColumns | None:
        """The columns that say a stretch; a question to them is a problem."""
        cells = {name: [row[at].strip() for row in table] for at, name in enumerate(columns) if name != "path"}
        try:
            return interval_columns(cells)
        except AmbiguousInterval as question:
            self.say(1, question.column, str(question))
            return None

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
        if "path" not in columns and not self.quote:
            self.say(1, "path", "there is no column `path`")
            return False
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
        return len(self.problems) == before

    def row(
        self, line: int, columns: list[str], texts: list[str], stretched: IntervalColumns | None
    ) -> ManifestRow | None:
        if len(texts) != len(columns):
            self.say(line, "", f"has {len(texts)} cells for {len(columns)} columns; a cell with a comma needs quotes")
            return None
        cells = {name: cell.strip() for name, cell in zip(columns, texts, strict=True)}
        cells = {name: cell if name == "path" else composed(cell) for name, cell in cells.items()}
        path = self.path(line, cells.pop("path"))
        stretch = None
        if stretched is not None:
            stretch = self.stretch(line, cells.pop(stretched.start), cells.pop(stretched.last), stretched)
        if "split" in cells and cells["split"] not in PARTS:
            message = unknown("part", cells["split"], PARTS) if cells["split"] else "is empty"
            self.say(line, "split", f"{message}; write train, validation or test")
        if "fold" in cells:
            try:
                cells["fold"] = str(scalars.whole(cells["fold"], least=1))
            except ValueError as error:
                self.say(line, "fold", str(error) if cells["fold"] else "is empty")
        if "group" in cells and not cells["group"]:
            self.say(line, "group", "is empty; a row that belongs to no other has a group of its own")
        return None if path is None else ManifestRow(line, path, cells, stretch)

    def path(self, line: int, cell: str) -> str | None:
        posix = PurePosixPath(cell.replace("\\", "/"))
        if not cell or posix == PurePosixPath("."):
            self.say(line, "path", "is empty")
        elif posix.is_absolute() or PureWindowsPath(cell).drive or ".." in posix.parts:
            self.say(line, "path", f"{cell!r} leaves the data folder; write a path in it")
        else:
            return posix.as_posix()
        return None

    def stretch(self, line: int, start: str, last: str, columns: IntervalColumns) -> tuple[float, float] | None:
        if not start and not last:
            return None
        try:
            first, end = columns.seconds(start, last)
        except ValueError as error:
            key = columns.start if not start else columns.last
            self.say(line, key, f"{columns.start} and {columns.last} are {columns.unit}: {error}")
            return None
        if end <= first:
            self.say(line, columns.last, f"the stretch from {first:g} to {end:g} s has no length")
            return None
        return first, end

    def stretches(self, rows: list[ManifestRow]) -> None:
        """No row stands there twice."""
        first: dict[tuple[str, tuple[float, float] | None], int] = {}
        for row in rows:
            first_line = first.setdefault((row.path, row.stretch), row.line)
            if first_line != row.line:
                self.say(row.line, "path", f"{row.path} stands on line {first_line} too")
