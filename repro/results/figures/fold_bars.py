"""Bars fold by fold: in each group one bar for each experiment, the paper's number for the fold as a mark on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from repro.results.figures.fitting import name_of, title_over
from repro.results.figures.style import (
    INK,
    PAPER_COLOUR,
    SOFT,
    caption,
    colour,
    log_scale,
    new_figure,
    styled,
)

BAR_INCHES = 0.2
"""Height of one bar, as long as all fit."""

MOST_INCHES = 30.0
"""Height of the tallest figure; with more bars than fit they become thinner."""

HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "+++")
"""So that colour never stands alone."""


@dataclass(frozen=True)
class Bar:
    """Our mean over seeds, each seed's value, and the paper's number."""

    ours: float | None
    values: tuple[float, ...] = ()
    reported: float | None = None


@dataclass(frozen=True)
class FoldSeries:
    """One experiment: a bar for each of its folds by the fold's name, and ``whole`` for all folds together.

    ``planned`` says how many seeds there will be, where none has run.
    """

    name: str
    folds: dict[str, Bar]
    whole: Bar
    planned: int | None = None

    @property
    def seeds(self) -> int:
        """How many stand behind a bar, or will."""
        return len(self.whole.values) if self.planned is None else self.planned


def fold_bars(
    series: Sequence[FoldSeries],
    *,
    title: str,
    axis_label: str,
    y_range: tuple[float, float] | None = None,
    log: bool = False,
    against: str = "paper",
) -> Figure:
    """Lying bars, one group a fold and one for all of them, the first on top; dots are single seeds.

    ``against`` says whose the marks are.

    Bars start at 0, unless ``y_range`` says else; a logarithmic axis has no 0, so ``log`` draws dots in their place.
    """
    groups = [*dict.fromkeys(name for entry in series for name in entry.folds)]
    shown = [(f"fold {name}", [entry.folds.get(name) for entry in series]) for name in groups]
    shown.append(("all folds", [entry.whole for entry in series]))
    bars = len(series)
    with styled():
        figure, axes = new_figure(8.0, min(MOST_INCHES, BAR_INCHES * (bars + 0.8) * len(shown) + 2.0))
        thick = 1 / (bars + 0.8)
        reached = [0.0]
        for place, (_, group_bars) in enumerate(shown):
            for i, bar in enumerate(group_bars):
                if bar is not None:
                    _draw(axes, place + (i - (bars - 1) / 2) * thick, thick, bar, i, log=log)
                    reached += [v for v in (bar.ours, bar.reported, *bar.values) if v is not None]
        axes.axhline(len(groups) - 0.5, color=SOFT, linewidth=0.8)
        axes.set_yticks(range(len(shown)), [name for name, _ in shown])
        axes.set_ylim(len(shown) - 0.45, -0.55)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        if log:
            log_scale(axes, "x")
        if y_range:
            axes.set_xlim(*y_range)
        elif not log:
            axes.set_xlim(0, max(reached) * 1.06 or 1)
        axes.set_xlabel(axis_label)
        axes.set_title(title_over(title, figure.get_size_inches()[0]), pad=22)
        caption(axes, _said(series))
        figure.legend(handles=_legend(series, against), loc="outside lower left", ncols=min(3, bars + 1), fontsize=9)
    return figure


def _draw(axes: Axes, at: float, thick: float, bar: Bar, turn: int, *, log: bool) -> None:
    if bar.ours is not None and log:
        axes.plot(bar.ours, at, "s", color=colour(turn), markersize=5, zorder=3)
    elif bar.ours is not None:
        hatch = HATCHES[turn % len(HATCHES)]
        axes.barh(
            at, bar.ours, height=thick * 0.9, color=colour(turn), alpha=0.75, zorder=2, hatch=hatch, edgecolor="white",
            linewidth=0,
        )  # fmt: skip
    if len(bar.values) > 1:
        axes.plot(bar.values, np.full(len(bar.values), at), "o", color=INK, markersize=2.4, markeredgewidth=0, zorder=5)
    if bar.reported is not None:
        axes.plot(
            bar.reported, at, "D", markersize=5, markerfacecolor="white", markeredgecolor=PAPER_COLOUR,
            markeredgewidth=1.3, zorder=4,
        )  # fmt: skip


def _said(series: Sequence[FoldSeries]) -> str:
    counts = sorted({entry.seeds for entry in series})
    seeds = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    if counts[-1] < 2:
        return f"{seeds} seed"
    dots = "; dots: single seeds" if any(entry.whole.values for entry in series) else ""
    return f"bars: mean over {seeds} seeds{dots}"


def _legend(series: Sequence[FoldSeries], against: str) -> list[Patch | Line2D]:
    handles: list[Patch | Line2D] = [
        Patch(facecolor=colour(i), alpha=0.75, hatch=HATCHES[i % len(HATCHES)], edgecolor="white", linewidth=0,
              label=name_of(entry.name))
        for i, entry in enumerate(series)
    ]  # fmt: skip
    if any(bar.reported is not None for entry in series for bar in (entry.whole, *entry.folds.values())):
        handles.append(
            Line2D([], [], linestyle="", marker="D", markersize=5, markerfacecolor="white",
                   markeredgecolor=PAPER_COLOUR, markeredgewidth=1.3, label=against)
        )  # fmt: skip
    return handles
