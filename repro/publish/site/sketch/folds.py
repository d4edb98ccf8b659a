"""Fold by fold: a line for each fold, on it a mark for each experiment."""

from collections.abc import Sequence
from html import escape

from repro.publish.site.sketch.marks import mark
from repro.publish.site.sketch.plane import CHARACTERS, LINE, WIDE, svg_document
from repro.publish.site.sketch.scale import number, scale, short
from repro.publish.site.sketch.sketch import Sketch
from repro.results.figures.fitting import name_of
from repro.results.figures.fold_bars import Bar, FoldSeries

_HIGH, _LEFT = 20.0, 84.0


def folds(
    series: Sequence[FoldSeries], *, title: str, axis_label: str, y_range: tuple[float, float] | None, log: bool,
    against: str,
) -> Sketch:  # fmt: skip
    """The sketch."""
    names = list(dict.fromkeys(name for bars in series for name in bars.folds))
    rows: list[tuple[str, list[Bar | None]]] = [(name, [bars.folds.get(name) for bars in series]) for name in names]
    rows.append(("all", [bars.whole for bars in series]))
    every = [bar for _, row_bars in rows for bar in row_bars if bar is not None]
    values = [v for bar in every for v in (bar.ours, bar.reported) if v is not None]
    x = scale(values, _LEFT, WIDE - 8.0, log=log, within=y_range)
    bottom = _HIGH * len(rows) + 4
    parts = []
    for tick in x.ticks():
        place = short(x.at(tick))
        parts.append(f'<path class="g" d="M{place} 0V{short(bottom)}"/>')
        parts.append(f'<text class="t m" x="{place}" y="{short(bottom + 12)}">{number(tick)}</text>')
    for line, (name, row_bars) in enumerate(rows):
        middle = _HIGH * line + 10
        parts.append(f'<text class="n e" x="{_LEFT - 8:g}" y="{short(middle + 3)}">{escape(name_of(name, 14))}</text>')
        for at, bar in enumerate(row_bars):
            if bar is None:
                continue
            if bar.ours is not None:
                parts.append(mark(at, x.at(bar.ours), middle, 3.2, f"f c{at % 8}"))
            if bar.reported is not None:
                parts.append(mark(at, x.at(bar.reported), middle, 4.6, "o"))
    parts.append(f'<path class="a" d="M{_LEFT:g} {short(bottom)}H{short(WIDE - 8)}"/>')
    parts.append(
        f'<text class="s m" x="{short((_LEFT + WIDE) / 2)}" y="{short(bottom + 26)}">{escape(axis_label)}</text>'
    )
    top = bottom + 44
    for at, bars in enumerate(series):
        here = top + LINE * at
        parts.append(mark(at, 6, here - 3.5, 3.2, f"f c{at % 8}"))
        label = f"{bars.name}  (n = {bars.seeds})"
        parts.append(f'<text class="n" x="16" y="{short(here)}">{escape(name_of(label, CHARACTERS))}</text>')
    note = "means over seeds" + (f"; open marks: {against}" if any(b.reported is not None for b in every) else "")
    alt = "; ".join(
        f"{bars.name} over all folds {bars.whole.ours:.4g}" for bars in series if bars.whole.ours is not None
    )
    return Sketch(svg_document("".join(parts), top + LINE * len(series) - 6), title, note, f"{title}. {alt}")
