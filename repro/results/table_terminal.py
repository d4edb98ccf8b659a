"""The table for a terminal: numbers aligned on the point, a sentence under each row, nothing cut off."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from rich.cells import cell_len

from repro.disk.terminal_text import terminal_safe
from repro.results.cells import PLAIN_SYMBOLS, SYMBOLS, Cells, against, cells, legends, sections
from repro.results.fold_cells import lines as fold_lines
from repro.results.results import ClaimResult, Results
from repro.results.row import Row

COLOURS = {
    "REPRODUCED": "32", "HOLDS": "32", "EXCEEDS": "36", "NOT REPRODUCED": "31", "FAILS": "31", "REVERSED": "31",
    "INVALID": "1;31", "UNDECIDABLE": "33", "INCONCLUSIVE": "33", "NOT SHOWN": "33", "PARTIAL": "34",
    "not run yet": "2",
}  # fmt: skip
"""ANSI colours; the verdict's word and sign say the same."""

BOLD, DIM = "1", "2"
GAP = "  "
INDENT = "    "
PLAIN = str.maketrans({"−": "-", "±": "+-", "–": "-", "½": "half", "×": "x", "·": "|", "…": "...", "’": "'"})
"""ASCII for the signs that this project writes itself."""


@dataclass(frozen=True)
class Style:
    """How to paint: ``colour`` with ANSI codes, ``ascii_only`` for terminals that know nothing else."""

    width: int
    colour: bool
    ascii_only: bool

    def paint(self, text: str, code: str) -> str:
        """Text in a colour, where there are colours."""
        text = terminal_safe(text)
        return f"\033[{code}m{text}\033[0m" if self.colour and text else text

    def spelled(self, text: str) -> str:
        """Text in the signs that the terminal knows."""
        text = terminal_safe(text)
        return text.translate(PLAIN).encode("ascii", "replace").decode() if self.ascii_only else text

    def sign(self, verdict: str) -> str:
        """The verdict's sign."""
        return (PLAIN_SYMBOLS if self.ascii_only else SYMBOLS)[verdict]

    def verdict(self, verdict: str) -> str:
        """Sign and word, painted."""
        return self.paint(f"{self.sign(verdict)} {verdict}", COLOURS[verdict]) if verdict else ""

    def lines(self, text: str, indent: str = INDENT) -> list[str]:
        """Unpainted lines that fit beside the indent."""
        return wrap(self.spelled(text), self.width - len(indent))

    def wrapped(self, text: str, indent: str = INDENT, code: str = "") -> list[str]:
        """Lines of at most ``width`` cells; words longer than that are broken, nothing is left out."""
        return [indent + (self.paint(line, code) if code else line) for line in self.lines(text, indent)]


def to_terminal(
    results: Results, *, width: int = 80, colour: bool = False, ascii_only: bool = False, claims_first: bool = False
) -> str:
    """The whole table as text, no line wider than ``width`` cells (40 at least); ends with a line end."""
    style = Style(max(40, width), colour, ascii_only)
    lines = style.wrapped(f"{results.spec}: {results.title}", "", BOLD)
    lines += style.wrapped(f"rung {results.rung}", "", DIM) if results.rung != "full" else []
    table = [line for heading, rows in sections(results.rows) for line in ("", *_section(heading, rows, style))]
    claims = ["", style.paint("Claims", BOLD)] if results.claims else []
    for claim in results.claims:
        claims += _claim(claim, style)
    lines += claims + table if claims_first else table + claims
    lines += ["", *style.wrapped(results.headline, "", BOLD)]
    for warning in results.warnings:
        lines += style.wrapped(f"! {warning}", "", "33")
    for leak in results.leaks:
        lines += style.wrapped(f"! {leak.sentence}", "", "31" if leak.state == "failed" else "33")
    for note in (*results.footnotes, *legends(results.rows)):
        lines += style.wrapped(note, "", DIM)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def wrap(text: str, width: int) -> list[str]:
    """Break text at spaces into lines of at most ``width`` cells, wide characters counting two.

    Between ``·`` a text is broken there and nowhere else, as long as the pieces fit.
    """
    lines = [""]
    for word in _words(text, width):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = textwrap.wrap(word, max(1, width // 2)) if cell_len(word) > width else [word]
        lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


def _words(text: str, width: int) -> list[str]:
    pieces = text.split(" · ")
    if len(pieces) == 1 or max(cell_len(p) for p in pieces) + 2 > width:
        return text.split(" ")
    return [*(f"{p} ·" for p in pieces[:-1]), pieces[-1]]


def _section(heading: str, rows: Sequence[Row], style: Style) -> list[str]:
    row_cells = [_spelled(cells(row, rows), style) for row in rows]
    other = against(rows)
    columns = [
        _aligned(other, [c.paper for c in row_cells]),
        _ours(row_cells, style),
        _aligned("runs", [c.runs for c in row_cells]),
        _aligned("differs", [c.difference for c in row_cells]),
        _aligned("margin", [c.margin for c in row_cells]),
    ]
    columns = [c for c in columns if any(text.strip() for text in c[1:])]
    verdicts = max((len(c.verdict) + 2 for c in row_cells if c.verdict), default=0)
    numbers = sum(cell_len(c[0]) + len(GAP) for c in columns)
    room = style.width - 2 - numbers - (verdicts + len(GAP) if verdicts else 0)
    longest = max(cell_len(c.name) for c in row_cells)
    if room < 0:
        return [*style.wrapped(heading, "", BOLD), *_stacked(row_cells, style, other)]
    own_line = room < min(longest, 12)
    name_width = 0 if own_line else min(longest, room)
    headed = "  " + " " * name_width + "".join(GAP + c[0] for c in columns)
    lines = [*style.wrapped(heading, "", BOLD), style.paint(headed, DIM)]
    for i, cell in enumerate(row_cells):
        name, before = cell.name, []
        if cell_len(name) > name_width:
            before, name = style.wrapped(cell.name, "  ", BOLD), ""
        padded = style.paint(name, BOLD) + " " * (name_width - cell_len(name))
        line = "  " + padded + "".join(GAP + c[i + 1] for c in columns)
        lines += [*before, line + (GAP + style.verdict(cell.verdict) if cell.verdict else "")]
        lines += _below(cell, style)
    return lines


def _spelled(cell: Cells, style: Style) -> Cells:
    """The cells in the signs that the terminal knows."""
    if not style.ascii_only:
        return cell
    texts: dict[str, Any] = {
        f.name: style.spelled(getattr(cell, f.name)) for f in fields(cell) if isinstance(getattr(cell, f.name), str)
    }
    return replace(cell, **texts, statistics=tuple(map(style.spelled, cell.statistics)))


def _stacked(row_cells: Sequence[Cells], style: Style, other: str) -> list[str]:
    """Too narrow for columns: one thing after the other."""
    lines = []
    for cell in row_cells:
        lines += style.wrapped(cell.name, "  ", BOLD)
        measured = cell.measured
        texts = [f"{other} {cell.paper}", f"ours {measured}", f"runs {cell.runs}" if cell.runs else ""]
        texts += [
            f"differs {cell.difference}" if cell.difference else "",
            f"margin {cell.margin}" if cell.margin else "",
        ]
        lines += style.wrapped(", ".join(s for s in texts if s))
        lines += [INDENT + style.verdict(cell.verdict)] if cell.verdict else []
        lines += _below(cell, style)
    return lines


def _below(cell: Cells, style: Style) -> list[str]:
    lines = style.wrapped(cell.sentence)
    if cell.notes:
        lines += style.wrapped("; ".join(cell.notes), INDENT, "33")
    if cell.statistics:
        text = " · ".join(cell.statistics)
        lines += [INDENT + style.paint(line.removesuffix(" ·"), DIM) for line in style.lines(text)]
    if cell.folds is not None:
        for block in fold_lines(cell.folds, style.width - len(INDENT)):
            names, *numbers = block
            lines += [INDENT + style.paint(style.spelled(names), DIM), *(INDENT + style.spelled(n) for n in numbers)]
    return lines


def _claim(result: ClaimResult, style: Style) -> list[str]:
    lines = style.wrapped(result.text, "  ")
    first = f"{style.sign(result.verdict)} {result.verdict}"
    sentence = style.wrapped(f"{first}  {result.sentence}")
    painted = style.verdict(result.verdict)
    lines += [sentence[0].replace(first, painted, 1), *sentence[1:]]
    if result.notes:
        lines += style.wrapped("; ".join(result.notes), INDENT, "33")
    return lines


def _aligned(head: str, texts: Sequence[str]) -> list[str]:
    """A column, head first: numbers stand with their decimal points in one line; all texts of one width."""
    parts = [_split(t) for t in texts]
    left = max((cell_len(a) for a, _ in parts), default=0)
    right = max((cell_len(b) for _, b in parts), default=0)
    lined = [" " * (left - cell_len(a)) + a + b + " " * (right - cell_len(b)) for a, b in parts]
    width = max(left + right, cell_len(head))
    return [" " * (width - cell_len(t)) + t for t in (head, *lined)]


def _ours(row_cells: Sequence[Cells], style: Style) -> list[str]:
    means = _aligned("", [c.ours for c in row_cells])[1:]
    halves = _aligned("", [c.plus_minus for c in row_cells])[1:]
    suffixes = [
        f"{style.spelled(' ± ')}{half}" if cell.plus_minus else cell.around
        for half, cell in zip(halves, row_cells, strict=True)
    ]
    widest = max(map(cell_len, suffixes), default=0)
    lined = [mean + suffix + " " * (widest - cell_len(suffix)) for mean, suffix in zip(means, suffixes, strict=True)]
    width = max([cell_len("ours"), *(cell_len(t) for t in lined)])
    return [" " * (width - cell_len(t)) + t for t in ("ours", *lined)]


def _split(text: str) -> tuple[str, str]:
    """A number before and from its point; ``12.5 ± 0.3`` at the first."""
    head, space, rest = text.partition(" ")
    integer, point, digits = head.partition(".")
    return integer, point + digits + space + rest
