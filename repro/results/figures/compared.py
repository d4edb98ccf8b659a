"""Reported against reproduced: for each experiment the paper's number, our mean with its interval, and the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from repro.results.figures.fitting import name_of, title_lines
from repro.results.figures.numbers import PairsShown
from repro.results.figures.style import BASELINE_COLOUR, COLOURS, INK, PAPER_COLOUR, new_figure, styled
from repro.results.row import Interval
from repro.results.wording import several

OURS = COLOURS[0]

TITLE_CHARACTERS = 44
"""A longer title stands in several lines: it begins where the axes do, behind the names."""


@dataclass(frozen=True)
class Pair:
    """One experiment: the paper's number with its spread or rounding, and ours with its 95 % interval and n runs.

    ``text`` is our mean as it is printed, or why there is none; ``verdict`` is printed beside it. With ``folds`` a run
    is a seed over so many.
    """

    name: str
    reported: float | None
    reported_reach: float | None
    ours: float | None
    interval: Interval | None
    runs: int
    verdict: str = ""
    values: tuple[float, ...] = ()
    text: str = ""
    folds: int = 0

    @property
    def named(self) -> str:
        """Its name, and how many runs stand behind our number."""
        n = f"n = {self.runs}" if not self.folds else f"n = {self.runs} × {several(self.folds, 'fold')}"
        name = name_of(self.name)
        return f"{name}  ({n})" if self.runs else name


def compared(
    pairs: Sequence[Pair],
    *,
    title: str,
    axis_label: str,
    baseline: tuple[str, float] | None = None,
    against: str = "paper",
) -> Figure:
    """A dot plot, one line for each experiment, the first on top.

    ``baseline`` is the name and number of the baseline, drawn as a dashed line through all of them. ``against`` says
    what ours stand against: the paper, or what was expected. Verdicts stand at the right in words.
    """
    with styled():
        lines = title_lines(title, TITLE_CHARACTERS)
        figure, axes = new_figure(8.4, 0.56 * len(pairs) + 2.0 + 0.2 * lines.count("\n"))
        figure.numbers = PairsShown(tuple(pairs), axis_label, against)
        if baseline is not None:
            axes.axvline(baseline[1], color=BASELINE_COLOUR, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
        for line, pair in enumerate(pairs):
            if pair.reported is not None:
                if pair.reported_reach:
                    axes.errorbar(
                        pair.reported, line - 0.2, xerr=pair.reported_reach, color=PAPER_COLOUR, linewidth=1, capsize=2
                    )
                axes.plot(
                    pair.reported, line - 0.2, "D", markersize=6.5, markerfacecolor="white",
                    markeredgecolor=PAPER_COLOUR, markeredgewidth=1.5, zorder=4,
                )  # fmt: skip
            if pair.ours is not None:
                if pair.values:
                    axes.plot(
                        pair.values,
                        [line + 0.32] * len(pair.values),
                        "o",
                        color=OURS,
                        alpha=0.5,
                        markersize=3.5,
                        markeredgewidth=0,
                        zorder=2,
                    )
                if pair.interval is not None:
                    axes.plot(
                        pair.interval, [line + 0.12] * 2, color=OURS, linewidth=2.4, solid_capstyle="butt", zorder=3
                    )
                axes.plot(pair.ours, line + 0.12, "o", color=OURS, markersize=6.5, zorder=4)
            if pair.verdict:
                axes.text(
                    1.015, line, pair.verdict, transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=INK
                )
        axes.set_yticks(range(len(pairs)), [pair.named for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        axes.margins(x=0.06)
        axes.set_xlabel(axis_label)
        axes.set_title(lines)
        figure.legend(handles=_legend(pairs, baseline, against), loc="outside lower left", ncols=2, fontsize=9)
    return figure


def _legend(pairs: Sequence[Pair], baseline: tuple[str, float] | None, against: str) -> list[Line2D]:
    spread = " (bar: its ±)" if any(p.reported_reach for p in pairs) else ""
    handles = [
        Line2D([], [], linestyle="", marker="D", markersize=6.5, markerfacecolor="white", markeredgecolor=PAPER_COLOUR,
               markeredgewidth=1.5, label=f"{against}{spread}"),
        Line2D([], [], color=OURS, linewidth=2.4, marker="o", markersize=6.5, label="ours: mean, 95 % interval"),
        Line2D([], [], linestyle="", marker="o", color=OURS, alpha=0.5, markersize=3, markeredgewidth=0,
               label=f"ours: single {'seeds' if any(p.folds for p in pairs) else 'runs'}"),
    ]  # fmt: skip
    if all(pair.ours is None for pair in pairs):
        del handles[1:]
    if baseline is not None:
        label = f"baseline: {baseline[0]}"
        handles.append(Line2D([], [], color=BASELINE_COLOUR, linestyle=(0, (4, 3)), linewidth=1.2, label=label))
    return handles
