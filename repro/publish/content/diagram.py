"""A net drawn from its input to its output: a box for each layer, its shape in the course's notation on the way out."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from repro.models.layer_rows import UNKNOWN, LayerRow
from repro.results.figures.style import INK, SOFT, new_figure, styled

PER_LINE, FEW = 6, 4
"""Boxes on a line: on a page, and on a wall."""

MOST_BOXES = 24
"""A net of more boxes is drawn with a gap in the middle that says how many are left out."""

_FILLS = {"conv": "#cfe4f2", "pool": "#f6ddcb", "dense": "#cfe9df", "other": "#ececec", "input": "#ffffff"}
_WIDE, _HIGH, _GAP, _LEAD = 1.5, 1.06, 0.28, 0.42
_CHARACTERS, _LINES = 22, 5


@dataclass
class Box:
    """A layer with what follows it without changing the shape, and the layers inside it; ``out`` is what leaves it."""

    name: str
    view: str
    out: str
    kind: str
    then: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)


def boxes(rows: Sequence[LayerRow]) -> list[Box]:
    """The rows of a net as boxes; activations, normalisations and dropout join the box before them."""
    drawn: list[Box] = []
    for row in rows:
        out = _letters(row)
        if row.number == "":
            drawn.append(Box(row.name or "input", row.meaning, out, "input"))
        elif row.depth and drawn:
            drawn[-1].inner.append(row.layer)
            drawn[-1].out = out or drawn[-1].out
        elif drawn and drawn[-1].kind != "input" and _joins(row, drawn[-1]):
            drawn[-1].then.append(row.layer)
        else:
            title = f"{row.layer} {row.name}".strip()
            drawn.append(Box(title, "" if row.view == UNKNOWN else row.view, out, _kind(row.layer)))
    return drawn


def diagram(rows: Sequence[LayerRow], title: str, *, each_line: int = PER_LINE) -> Figure:
    """The drawing, read like a text: from left to right, line after line."""
    drawn = _shortened(boxes(rows))
    each = -(-len(drawn) // -(-len(drawn) // each_line))  # lines of about one length
    lines = [drawn[at : at + each] for at in range(0, len(drawn), each)]
    wide = each * (_WIDE + _GAP)
    high = len(lines) * (_HIGH + _LEAD) + 0.3
    with styled():
        figure, axes = new_figure(wide, high)
        axes.set_axis_off()
        axes.set_xlim(0, wide)
        axes.set_ylim(high, 0)
        axes.set_title(title)
        for number, line in enumerate(lines):
            top = 0.05 + number * (_HIGH + _LEAD)
            for place, box in enumerate(line):
                left = place * (_WIDE + _GAP) + _GAP / 4
                _box(axes, box, left, top)
                last = number == len(lines) - 1 and place == len(line) - 1
                if not last:
                    axes.add_patch(
                        _arrow((left + _WIDE, top + _HIGH / 2), (left + _WIDE + _GAP * 0.75, top + _HIGH / 2))
                    )
        return figure


def _box(axes: Axes, box: Box, left: float, top: float) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (left, top), _WIDE, _HIGH, boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=_FILLS[box.kind], edgecolor=SOFT, linewidth=0.9,
        )
    )  # fmt: skip
    view = f"{box.view}: {', '.join(box.inner)}" if box.inner else box.view
    wrapped = textwrap.wrap(view, _CHARACTERS, max_lines=_LINES - bool(box.then), placeholder=" …")
    if box.then:
        wrapped += textwrap.wrap(
            "+ " + ", ".join(box.then), _CHARACTERS, max_lines=_LINES - len(wrapped), placeholder=" …"
        )
    middle = left + _WIDE / 2
    axes.text(middle, top + 0.17, textwrap.shorten(box.name, 20, placeholder="…"), ha="center", va="center",
              fontsize=9.5, fontweight="bold", color=INK)  # fmt: skip
    axes.text(middle, top + 0.31, "\n".join(wrapped), ha="center", va="top", fontsize=7.6, color=INK, linespacing=1.25)
    axes.text(middle, top + _HIGH + 0.14, box.out, ha="center", va="center", fontsize=8.6, color=SOFT)


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=9, color=SOFT, linewidth=1, shrinkA=0, shrinkB=0
    )


def _shortened(drawn: list[Box]) -> list[Box]:
    if len(drawn) <= MOST_BOXES:
        return drawn
    keep = (MOST_BOXES - 1) // 2
    left_out = len(drawn) - 2 * keep
    return [*drawn[:keep], Box("…", f"{left_out} more layers", "", "other"), *drawn[-keep:]]


def _joins(row: LayerRow, before: Box) -> bool:
    same = not before.out or _letters(row) == before.out
    return same and _kind(row.layer) == "other" and row.layer not in ("Residual", "Repeat")


def _letters(row: LayerRow) -> str:
    return row.course or ""


def _kind(layer: str) -> str:
    if layer.startswith(("Conv", "LazyConv")):
        return "conv"
    if "Pool" in layer or layer == "Reduce":
        return "pool"
    return "dense" if layer in ("Linear", "Bilinear", "GRU", "LSTM", "RNN") else "other"
