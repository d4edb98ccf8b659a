"""A sweep: one number against a quantity that the experiments differ in."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from repro.results.figures.crosses import crosses
from repro.results.figures.curves import Curve
from repro.results.figures.fitting import name_of, title_over
from repro.results.figures.style import INK, caption, colour, dash, log_scale, marker, new_figure, styled
from repro.results.row import Interval
from repro.results.wording import grouped


@dataclass(frozen=True)
class Stop:
    """One experiment of a sweep: its ``x``, our mean with its 95 % interval and number of runs, the paper's number."""

    x: float
    ours: float | None
    interval: Interval | None
    runs: int
    reported: float | None = None


def sweep(
    series: Sequence[tuple[str, Sequence[Stop]]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    y_range: tuple[float, float] | None = None,
    log: bool = False,
    lines: Sequence[Curve] = (),
    read_off: str = "the paper",
    against: str = "paper",
) -> Figure:
    """Draw each series as a line with 95 % intervals, the paper's numbers as open marks; ``log`` makes y logarithmic.

    ``lines`` are points of another figure, ``read_off`` says of which: crosses, with bars for what the reading may be
    off. ``against`` says whose the open marks are. The x axis is logarithmic where its values span more than a factor
    of 10, and ticks stand at the values themselves.
    """
    with styled():
        figure, axes = new_figure(7.6, 4.8)
        reported = False
        for i, (name, stops) in enumerate(series):
            ran = [s for s in sorted(stops, key=lambda s: s.x) if s.ours is not None]
            counts = sorted({s.runs for s in ran})
            n = f" (n = {counts[0]})" if len(counts) == 1 else f" (n = {counts[0]} to {counts[-1]})" if counts else ""
            axes.plot(
                [s.x for s in ran],
                [s.ours for s in ran if s.ours is not None],
                color=colour(i),
                linestyle=dash(i),
                marker=marker(i),
                label=f"{name_of(name)}{n}",
            )
            for stop in ran:
                if stop.interval is not None:
                    axes.plot(
                        [stop.x] * 2, stop.interval, color=colour(i), linewidth=1.4, marker="_", markersize=8, zorder=1
                    )
            printed = [s for s in stops if s.reported is not None]
            reported = reported or bool(printed)
            axes.plot(
                [s.x for s in printed],
                [s.reported for s in printed if s.reported is not None],
                linestyle="",
                marker=marker(i),
                markersize=9,
                markerfacecolor="none",
                markeredgecolor=colour(i),
                markeredgewidth=1.4,
            )
        names = [name for name, _ in series]
        for line in lines:
            shade = colour(names.index(line.name)) if line.name in names else INK
            label = f"{name_of(line.name)}, read off {read_off}"
            crosses(axes, line.x, line.mean, line.reading_error, shade, label)
        xs = sorted({s.x for _, stops in series for s in stops})
        if xs and xs[0] > 0 and xs[-1] / xs[0] > 10:
            axes.set_xscale("log")
        if len(xs) <= 8:
            axes.xaxis.set_major_locator(FixedLocator(xs))
            axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: grouped(x)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        if log:
            log_scale(axes, "y")
        if y_range:
            axes.set_ylim(*y_range)
        axes.margins(x=0.06, y=0.12)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.set_title(title_over(title, figure.get_size_inches()[0]), pad=22)
        note = f"mean and 95 % interval; open marks: {against}" if reported else "mean and 95 % interval"
        caption(axes, note)
        figure.legend(loc="outside lower left", ncols=2)
    return figure
