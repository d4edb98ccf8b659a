"""A bar for each experiment, the paper's number as a mark on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from repro.results.figures.compared import Pair
from repro.results.figures.fitting import title_lines
from repro.results.figures.numbers import PairsShown
from repro.results.figures.style import (
    BASELINE_COLOUR,
    COLOURS,
    INK,
    PAPER_COLOUR,
    log_scale,
    new_figure,
    styled,
)

TITLE_CHARACTERS = 64
"""A longer title stands in several lines."""

SHORT_LABEL = 14
"""Characters behind a bar for which a little room is enough."""


@dataclass(frozen=True)
class Mark:
    """A value read off another figure, and how far off that may be."""

    value: float
    reading_error: float | None = None

    @property
    def reach(self) -> float:
        """How far right it is drawn."""
        return self.value + (self.reading_error or 0.0)


def bars(
    pairs: Sequence[Pair],
    *,
    title: str,
    axis_label: str,
    y_range: tuple[float, float] | None = None,
    log: bool = False,
    against: str = "paper",
    read_off: str = "the paper",
    marks: Sequence[Mark | None] = (),
    baseline: tuple[str, float] | None = None,
) -> Figure:
    """Lying bars, the first on top: our mean with its 95 % interval and its value, the paper's number as a diamond.

    An experiment without runs of ours has the diamond alone; the legend names what is drawn. ``against`` says whose
    the diamonds are. ``marks``, one for each pair, are values of another figure, ``read_off`` says of which: crosses.
    ``baseline`` is a name and a number, a dashed line. Bars start at 0, unless ``y_range`` says else; a logarithmic
    axis has no 0, so ``log`` draws dots in their place.
    """
    marked = [*marks, *[None] * (len(pairs) - len(marks))]
    with styled():
        lines = title_lines(title, TITLE_CHARACTERS)
        figure, axes = new_figure(8.0, 0.46 * len(pairs) + 1.9 + 0.2 * lines.count("\n"))
        figure.numbers = PairsShown(tuple(pairs), axis_label, against)
        largest = 0.0
        for line, (pair, mark) in enumerate(zip(pairs, marked, strict=True)):
            reach = [v for v in (pair.ours, pair.reported, *(pair.interval or ())) if v is not None]
            reach += [] if mark is None else [mark.reach]
            if pair.ours is not None and log:
                axes.plot(pair.ours, line, "o", color=COLOURS[0], markersize=7, zorder=3)
            elif pair.ours is not None:
                axes.barh(line, pair.ours, height=0.62, color=COLOURS[4], zorder=2)
            if pair.interval is not None:
                axes.plot(pair.interval, [line] * 2, color=COLOURS[0], linewidth=2.2, zorder=3, solid_capstyle="butt")
            if pair.reported is not None:
                axes.plot(
                    pair.reported, line, "D", markersize=6.5, markerfacecolor="white", markeredgecolor=PAPER_COLOUR,
                    markeredgewidth=1.5, zorder=4,
                )  # fmt: skip
            if mark is not None:
                _cross(axes, mark, line)
            if reach:
                axes.annotate(
                    _label(pair, against), (max(reach), line), xytext=(8, 0), textcoords="offset points", va="center",
                    fontsize=9, color=INK,
                )  # fmt: skip
                largest = max(largest, *reach)
        if baseline is not None:
            axes.axvline(baseline[1], color=BASELINE_COLOUR, linestyle=(0, (4, 3)), linewidth=1.2, zorder=2.5)
        axes.set_yticks(range(len(pairs)), [p.named for p in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        if log:
            log_scale(axes, "x")
        if y_range:
            axes.set_xlim(*y_range)
        elif not log:
            longest = max((len(_label(pair, against)) for pair in pairs), default=0)
            axes.set_xlim(0, largest * (1.3 if longest < SHORT_LABEL else 1.5) or 1)
        if axis_label.endswith("(%)") and not log and not y_range:
            axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= 100])
        axes.set_xlabel(axis_label)
        axes.set_title(lines)
        named: list[Patch | Line2D] = [
            Line2D([], [], linestyle="", marker="o", color=COLOURS[0], markersize=7, label="ours: mean")
            if log
            else Patch(color=COLOURS[4], label="ours: mean")
        ]
        if any(p.interval is not None for p in pairs):
            named.append(Line2D([], [], color=COLOURS[0], linewidth=2.2, label="ours: 95 % interval"))
        if any(p.reported is not None for p in pairs):
            named.append(
                Line2D([], [], linestyle="", marker="D", markersize=6.5, markerfacecolor="white",
                       markeredgecolor=PAPER_COLOUR, markeredgewidth=1.5, label=against)
            )  # fmt: skip
        if any(mark is not None for mark in marked):
            named.append(
                Line2D([], [], linestyle="", marker="x", color=INK, markersize=7, markeredgewidth=1.8,
                       label=f"read off {read_off}")
            )  # fmt: skip
        if baseline is not None:
            label = f"baseline: {baseline[0]}"
            named.append(Line2D([], [], color=BASELINE_COLOUR, linestyle=(0, (4, 3)), linewidth=1.2, label=label))
        figure.legend(handles=named, loc="outside lower left", ncols=3, fontsize=9)
    return figure


def _cross(axes: Axes, mark: Mark, line: int) -> None:
    if mark.reading_error:
        axes.errorbar(
            mark.value, line, xerr=mark.reading_error, linestyle="", ecolor=INK, elinewidth=1.1, capsize=3, zorder=5
        )
    axes.plot(mark.value, line, "x", color=INK, markersize=7, markeredgewidth=1.8, zorder=6)


def _label(pair: Pair, against: str) -> str:
    """What stands beside a bar: our number, and the other one, each named."""
    if not pair.runs or pair.reported is None:
        return pair.text
    return f"ours {pair.text}, {against} {pair.reported:g}"
