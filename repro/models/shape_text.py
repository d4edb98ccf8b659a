"""The rows of ``repro shapes`` as plain text that fits a terminal."""

import re
from collections.abc import Sequence
from textwrap import wrap

from repro.models.layer_rows import UNKNOWN, LayerRow

HEADERS = ("", "layer", "what it does", "gives, in the course", "in PyTorch", "parameters", "multiply-adds")

_NARROW = 100
"""Below this width the two notations of a shape share a column."""


def columns(row: LayerRow, before: LayerRow | None = None) -> tuple[str, ...]:
    """One row's cells under :data:`HEADERS`; a cell may hold several lines.

    Axis letters and the meaning of the channels are said only where they differ from the row ``before``.
    """
    gives, torch = [row.course or ""], [row.torch or ""]
    if before is None or before.torch_letters != row.torch_letters:
        gives.append(f"({row.course_letters})" if row.course_letters else "")
        torch.append(row.torch_letters or "")
    if before is None or before.meaning != row.meaning:
        gives.append(row.meaning)
    return (
        row.number,
        f"{'  ' * row.depth}{row.layer}" + (f" {row.name}" if row.name else ""),
        row.view,
        "\n".join(line for line in gives if line),
        "\n".join(line for line in torch if line),
        "" if row.parameters is None else f"{row.parameters:,}",
        "" if row.multiply_adds is None else f"{row.multiply_adds:,}",
    )


def total(rows: Sequence[LayerRow]) -> tuple[str, ...]:
    """The last line: sums over the layers, or why there are none."""
    layers = [row for row in rows if row.number]
    if any(row.view == UNKNOWN for row in layers):
        return ("", "total", UNKNOWN, "", "", "", "")
    if any(row.parameters is None for row in layers):
        return ("", "total", "scikit-learn fits it", "", "", "", "")
    sums = (sum(getattr(row, name) or 0 for row in layers) for name in ("parameters", "multiply_adds"))
    return ("", "total", "", "", "", *(f"{number:,}" for number in sums))


def shape_text(rows: Sequence[LayerRow], width: int = 80) -> str:
    """A table of aligned columns; long cells are wrapped at spaces, shapes and numbers never broken.

    Args:
        rows: of one experiment.
        width: of the terminal. The table keeps to it unless single words are wider.

    """
    if not rows:
        return "not run here\n"
    cells = [HEADERS, *(columns(row, before) for row, before in zip(rows, [None, *rows], strict=False)), total(rows)]
    if width < _NARROW:
        cells = [(*row[:3], _joined(row), *row[5:]) for row in cells]
    used = [i for i in range(len(cells[0])) if i == 0 or any(row[i] for row in cells[1:])]
    cells = [tuple(row[i] for i in used) for row in cells]
    numbers = {n for n, header in enumerate(cells[0]) if header in HEADERS[5:]}
    widths = _widths(cells, width)
    lines: list[str] = []
    for number, row in enumerate(cells):
        if number in (1, len(cells) - 1):
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
        lines += _lines(row, widths, numbers)
    return "\n".join(lines) + "\n"


def _joined(row: tuple[str, ...]) -> str:
    if row == HEADERS:
        return "gives: course, PyTorch"
    course, torch = row[3].split("\n"), row[4].split("\n")
    return "\n".join(line for line in (course[0], torch[0], *course[1:]) if line)


def _widths(cells: Sequence[tuple[str, ...]], width: int) -> list[int]:
    """The width of each column: as wide as its text while there is room, then the widest is narrowed word by word."""
    columns_of = list(zip(*cells, strict=True))
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns_of]
    least = [max(len(piece) for cell in column for piece in _pieces(cell)) for column in columns_of]
    room = width - 2 * (len(widths) - 1)
    while sum(widths) > room:
        narrowable = [i for i in range(len(widths)) if widths[i] > least[i]]
        if not narrowable:
            break
        widths[max(narrowable, key=lambda i: widths[i])] -= 1
    return widths


def _pieces(cell: str) -> list[str]:
    """What may not be broken: shapes whole, else words, and words with a hyphen in two."""
    pieces = [""]
    for line in cell.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        is_shape = re.fullmatch(r"\(?N( x|,) .*\)?", line) is not None
        pieces += [line] if is_shape else [indent + word for word in re.split(r"(?<=-)|\s+", line.strip()) if word]
    return pieces


def _lines(row: tuple[str, ...], widths: Sequence[int], numbers: set[int]) -> list[str]:
    parts = []
    for cell, width in zip(row, widths, strict=True):
        indent = " " * (len(cell) - len(cell.lstrip()))
        parts.append([w for line in cell.split("\n") for w in wrap(line, width, subsequent_indent=indent) or [""]])
    lines = []
    for i in range(max(map(len, parts))):
        texts = [part[i] if i < len(part) else "" for part in parts]
        aligned = [
            text.rjust(width) if n in numbers else text.ljust(width)
            for n, (text, width) in enumerate(zip(texts, widths, strict=True))
        ]
        lines.append("  ".join(aligned).rstrip())
    return lines
