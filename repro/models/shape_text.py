"""The rows of ``repro shapes`` as plain text that fits a terminal."""

from collections.abc import Sequence
from textwrap import wrap

from repro.models.layer_rows import UNKNOWN, LayerRow

HEADERS = ("", "layer", "what it does", "gives, in the course", "in PyTorch", "parameters", "multiply-adds")


def columns(row: LayerRow, before: LayerRow | None = None) -> tuple[str, ...]:
    """One row's cells under :data:`HEADERS`; a cell may hold several lines.

    Axis letters and the meaning of the channels are said only where they differ from the row ``before``.
    """
    name = f"{'  ' * row.depth}{row.layer}" + (f" {row.name}" if row.name else "")
    gives, torch = [row.course or ""], [row.torch or ""]
    if before is None or before.torch_letters != row.torch_letters:
        gives.append(f"({row.course_letters})" if row.course_letters else "")
        torch.append(row.torch_letters or "")
    if before is None or before.meaning != row.meaning:
        gives.append(row.meaning)
    return (
        row.number,
        name,
        row.view,
        "\n".join(line for line in gives if line),
        "\n".join(line for line in torch if line),
        "" if row.parameters is None else f"{row.parameters:,}",
        "" if row.multiply_adds is None else f"{row.multiply_adds:,}",
    )


def total(rows: Sequence[LayerRow]) -> tuple[str, ...]:
    """The last line: sums over the layers, or that they are not known."""
    layers = [row for row in rows if row.number]
    if any(row.view == UNKNOWN for row in layers):
        return ("", "total", f"parameters and multiply-adds {UNKNOWN}", "", "", "", "")
    if any(row.parameters is None for row in layers):
        return ("", "total", "scikit-learn fits it; nothing is trained by steps", "", "", "", "")
    sums = (sum(getattr(row, name) or 0 for row in layers) for name in ("parameters", "multiply_adds"))
    return ("", "total", "", "", "", *(f"{number:,}" for number in sums))


def shape_text(rows: Sequence[LayerRow], width: int = 80) -> str:
    """A table of aligned columns, at most ``width`` characters wide; long cells are wrapped.

    Args:
        rows: of one experiment.
        width: of the terminal, 60 or more.
    """
    cells = [HEADERS, *(columns(row, before) for row, before in zip(rows, [None, *rows], strict=False)), total(rows)]
    widths = _widths(cells, max(width, 60))
    lines: list[str] = []
    for number, row in enumerate(cells):
        if number in (1, len(cells) - 1):
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
        lines += _lines(row, widths)
    return "\n".join(lines) + "\n"


def _widths(cells: Sequence[tuple[str, ...]], width: int) -> list[int]:
    """The width of each column: as wide as its text while there is room, then words are wrapped, text columns first."""
    wanted = [max(len(line) for row in cells for line in row[i].split("\n")) for i in range(len(HEADERS))]
    least = [max(len(word) for row in cells for word in (row[i].split() or [""])) for i in range(len(HEADERS))]
    unbroken = max((len(line) for row in cells for line in row[4].split("\n")), default=0)
    least[0], least[4] = wanted[0], unbroken  # numbers and PyTorch's shapes are never broken
    widths = list(wanted)
    room = width - 2 * (len(widths) - 1)
    while sum(widths) > room:
        slack = [w - m for w, m in zip(widths, least, strict=True)]
        widest = max((2, 3, 1, 5, 6), key=lambda i: (slack[i] > 0, widths[i]))
        if slack[widest] <= 0:
            break
        widths[widest] -= 1
    return widths


def _lines(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    parts = []
    for cell, width in zip(row, widths, strict=True):
        indent = " " * (len(cell) - len(cell.lstrip()))
        parts.append([w for line in cell.split("\n") for w in wrap(line, width, subsequent_indent=indent) or [""]])
    lines = []
    for i in range(max(map(len, parts))):
        texts = [part[i] if i < len(part) else "" for part in parts]
        aligned = [t.rjust(w) if n >= 5 else t.ljust(w) for n, (t, w) in enumerate(zip(texts, widths, strict=True))]
        lines.append("  ".join(aligned).rstrip())
    return lines
