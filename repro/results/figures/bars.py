"""A bar for each experiment, the paper's number as a mark on it."""

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from repro.results.figures.compared import Pair
from repro.results.figures.style import COLOURS, INK, PAPER_COLOUR, log_scale, new_figure, styled


def bars(
    pairs: Sequence[Pair], *, title: str, axis_label: str, y_range: tuple[float, float] | None = None, log: bool = False
) -> Figure:
    """Lying bars, the first on top: our mean with its 95 % interval and its value, the paper's number as a diamond.

    An experiment without runs of ours has the diamond alone; the legend names what is drawn. Bars start at 0, unless
    ``y_range`` says else; a logarithmic axis has no 0, so ``log`` draws dots in their place.
    """
    with styled():
        figure, axes = new_figure(8.0, 0.46 * len(pairs) + 1.9)
        largest = 0.0
        for line, pair in enumerate(pairs):
            reach = [v for v in (pair.ours, pair.reported, *(pair.interval or ())) if v is not None]
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
            if reach:
                axes.annotate(
                    _label(pair), (max(reach), line), xytext=(8, 0), textcoords="offset points", va="center",
                    fontsize=9, color=INK,
                )  # fmt: skip
                largest = max(largest, *reach)
        axes.set_yticks(range(len(pairs)), [p.named for p in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        if log:
            log_scale(axes, "x")
        if y_range:
            axes.set_xlim(*y_range)
        elif not log:
            axes.set_xlim(0, largest * 1.3 or 1)
        axes.set_xlabel(axis_label)
        axes.set_title(title)
        handles: list[Patch | Line2D] = [
            Line2D([], [], linestyle="", marker="o", color=COLOURS[0], markersize=7, label="ours: mean")
            if log
            else Patch(color=COLOURS[4], label="ours: mean"),
            Line2D([], [], color=COLOURS[0], linewidth=2.2, label="ours: 95 % interval"),
            Line2D([], [], linestyle="", marker="D", markersize=6.5, markerfacecolor="white",
                   markeredgecolor=PAPER_COLOUR, markeredgewidth=1.5, label="paper"),
        ]  # fmt: skip
        there = (True, any(p.interval is not None for p in pairs), any(p.reported is not None for p in pairs))
        named = [handle for handle, drawn in zip(handles, there, strict=True) if drawn]
        figure.legend(handles=named, loc="outside lower left", ncols=3, fontsize=9)
    return figure


def _label(pair: Pair) -> str:
    """What stands beside a bar: our number, and the paper's, each named."""
    if not pair.runs or pair.reported is None:
        return pair.text
    return f"ours {pair.text}, paper {pair.reported:g}"
