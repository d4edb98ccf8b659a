"""The scores of single folds as text: one line of names, one of ours, one of the paper's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from repro.results.row import Row
from repro.results.wording import decimals, fixed, several, short

NOTHING = "–"

LONGEST_NAME = 14
"""A fold with a longer name is called by its number."""


@dataclass(frozen=True)
class FoldCells:
    """``names``, ``ours`` and ``paper`` have a text for each fold; ``paper`` is empty where it prints none. ``spread``
    says in words how much folds differ and how much seeds do.
    """

    names: tuple[str, ...]
    ours: tuple[str, ...]
    paper: tuple[str, ...]
    spread: str


def fold_cells(row: Row, places: int) -> FoldCells | None:
    """The folds of a row, with so many decimals; None for a row without."""
    if not row.folds:
        return None
    printed = any(fold.reported is not None for fold in row.folds)
    return FoldCells(
        names=tuple(fold.name if cell_len(fold.name) <= LONGEST_NAME else str(fold.number) for fold in row.folds),
        ours=tuple(NOTHING if fold.mean is None else fixed(fold.mean, places) for fold in row.folds),
        paper=tuple(NOTHING if f.reported is None else _as_printed(f.reported) for f in row.folds) if printed else (),
        spread=", ".join(spreads(row, places)),
    )


def spreads(row: Row, places: int) -> tuple[str, ...]:
    """How much folds differ and how much seeds do, each by its name; what cannot be had is left out."""
    texts = []
    over_folds = row.sd_over_folds
    if over_folds is not None:
        texts.append(f"sd over folds {fixed(over_folds, max(places, decimals(over_folds)))}")
    if row.sd is not None:
        texts.append(f"sd over seeds {fixed(row.sd, max(places, decimals(row.sd)))}")
    return tuple(texts)


def lines(cells: FoldCells, width: int) -> Iterable[list[str]]:
    """Blocks of two or three lines, as many folds in each as ``width`` signs hold; columns end in one line.

    >>> made = FoldCells(("1", "2", "3"), ("57.2", "8.0", "77.1"), ("57.5", "8.7", "77.5"), "")
    >>> for block in lines(made, 16):
    ...     for line in block:
    ...         print(line)
    fold      1    2
    ours   57.2  8.0
    paper  57.5  8.7
    fold      3
    ours   77.1
    paper  77.5
    """
    rows = [("fold", cells.names), ("ours", cells.ours), *([("paper", cells.paper)] if cells.paper else [])]
    head = max(len(name) for name, _ in rows)
    widths = [max(cell_len(texts[i]) for _, texts in rows) for i in range(len(cells.names))]
    for first, last in _stretches(widths, width - head):
        yield [
            name.ljust(head)
            + "".join("  " + " " * (widths[i] - cell_len(texts[i])) + texts[i] for i in range(first, last))
            for name, texts in rows
        ]


def _stretches(widths: Sequence[int], room: int) -> Iterable[tuple[int, int]]:
    first, used = 0, 0
    for i, size in enumerate(widths):
        if i > first and used + size + 2 > room:
            yield first, i
            first, used = i, 0
        used += size + 2
    yield first, len(widths)


def seeds_and_folds(row: Row) -> str:
    """What stands behind our number, in words: ``3 seeds over 5 folds each``; ``""`` without folds."""
    if not row.folds_planned:
        return ""
    each = " each" if len(row.values) > 1 else ""
    return f"{several(len(row.values), 'seed')} over {several(row.folds_planned, 'fold')}{each}"


def _as_printed(value: float) -> str:
    """The paper's number as it was read: 57.5, 80."""
    return f"{value:g}" if 1e-4 <= abs(value) < 1e6 else short(value)
