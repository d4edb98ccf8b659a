"""Points read off a figure of another paper: a CSV file beside the spec, read as text.

Its first row names the columns. For a curve or a sweep: ``x``, ``y`` and, with several lines, ``series``; for bars:
``experiment`` and ``y``. ``reading_error`` may stand beside them: how far off each ``y`` may have been read.
"""

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from repro.disk.untrusted_files import read_inside
from repro.spec import scalars
from repro.spec.place import Place
from repro.spec.problem import Problem, unknown

MAX_BYTES = 2**20
PAPER = "paper"
"""What the one line of a file without ``series`` is called."""

OF_LINES = ("series", "x", "y", "reading_error")
OF_BARS = ("experiment", "y", "reading_error")


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """One point: its line (or experiment, with bars, which have no ``x``), its value and how far off that may be."""

    series: str
    x: float
    y: float
    reading_error: float | None = None


def points_file(folder: Path, name: str) -> Path:
    """Where a figure's points lie. ValueError where that is not inside the spec's folder, links followed."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise ValueError(f"expected a file in the spec's folder, got {name!r}")
    if path.suffix != ".csv":
        raise ValueError(f"expected a .csv file, got {name!r}")
    file = folder / path
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links
        inside = False
    if not inside:
        raise ValueError(f"{name!r} is a link that leads out of the spec's folder")
    return file


def read_points(
    file: Path, within: Path | None = None, *, bars: Collection[str] | None = None
) -> tuple[tuple[FigurePoint, ...], tuple[Problem, ...]]:
    """The points in the order of the file, and every problem with its line.

    Args:
        file: the CSV file.
        within: the folder out of which no link is followed; the file's own by default.
        bars: with bars, the experiments that have one.

    """
    try:
        text = read_inside(file, file.parent if within is None else within, MAX_BYTES).decode("utf-8-sig")
    except OSError as error:
        return (), (Problem(Place(str(file), 1, 1), "", f"cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return (), (Problem(Place(str(file), line, 1), "", "is not UTF-8; save it as CSV UTF-8"),)
    return parse_points(text, str(file), bars=bars)


def parse_points(
    text: str, file: str, *, bars: Collection[str] | None = None
) -> tuple[tuple[FigurePoint, ...], tuple[Problem, ...]]:
    r"""The same for a text; ``file`` is its name, for messages.

    >>> parse_points("x,y\n1,70\n", "fig1.csv")[0]
    (FigurePoint(series='paper', x=1.0, y=70.0, reading_error=None),)
    >>> str(parse_points("x,y\n1,seventy\n", "fig1.csv")[1][0])
    "fig1.csv:2:1: y: expected a number, got 'seventy'"
    """
    reading = _PointsReader(file, bars)
    points = tuple(reading.points(text))
    return (() if reading.problems else points), tuple(reading.problems)


class _PointsReader:
    """One pass over a file, and what it found wrong."""

    def __init__(self, file: str, bars: Collection[str] | None) -> None:
        self.file = file
        self.bars = bars
        self.problems: list[Problem] = []

    def say(self, line: int, key: str, text: str) -> None:
        self.problems.append(Problem(Place(self.file, line, 1), key, text))

    def points(self, text: str) -> Iterator[FigurePoint]:
        lines = self.lines(text)
        _, header = next(lines, (1, []))
        columns = [name.strip() for name in header]
        if not self.header(columns):
            return
        any_row = False
        first: dict[str, int] = {}
        for line, cells in lines:
            any_row = True
            if len(cells) != len(columns):
                self.say(
                    line, "", f"has {len(cells)} cells for {len(columns)} columns; a cell with a comma needs quotes"
                )
                continue
            point = self.point(line, {name: cell.strip() for name, cell in zip(columns, cells, strict=True)})
            if point is None:
                continue
            if self.bars is not None and first.setdefault(point.series, line) != line:
                self.say(line, "experiment", f"{point.series} stands on line {first[point.series]} too")
            yield point
        if not any_row and not self.problems:
            self.say(1, "", "has a row of names and nothing below it")

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
        known, needed = (OF_LINES, ("x", "y")) if self.bars is None else (OF_BARS, ("experiment", "y"))
        before = len(self.problems)
        for number, name in enumerate(columns):
            if name not in known:
                self.say(1, name, unknown("column", name, known) if name else f"column {number + 1} has no name")
            elif columns.index(name) != number:
                self.say(1, name, "two columns have this name")
        missing = [name for name in needed if name not in columns]
        if missing:
            has = f", has {', '.join(columns[:8])}" if any(columns) else ""
            self.say(1, "", f"needs the columns {' and '.join(needed)}{has}")
        return len(self.problems) == before

    def point(self, line: int, cells: dict[str, str]) -> FigurePoint | None:
        before = len(self.problems)
        if self.bars is None:
            series = cells.get("series", "") or PAPER
        else:
            series = cells["experiment"]
            if series not in self.bars:
                message = unknown("experiment", series, self.bars) if series else "is empty"
                self.say(line, "experiment", f"{message}; this figure has no bar of that name" if series else message)
        x = self.number(line, "x", cells["x"]) if "x" in cells else 0.0
        y = self.number(line, "y", cells["y"])
        error = cells.get("reading_error", "")
        off = self.number(line, "reading_error", error, least=0) if error else None
        if len(self.problems) > before or x is None or y is None:
            return None
        return FigurePoint(series, x, y, off)

    def number(self, line: int, key: str, cell: str, least: float | None = None) -> float | None:
        try:
            return scalars.number(cell, least=least)
        except ValueError as error:
            self.say(line, key, str(error) if cell else "is empty")
            return None
