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
    names = list(dict.fromkeys(name for one in series for name in one.folds))
    rows: list[tuple[str, list[Bar | None]]] = [(name, [one.folds.get(name) for one in series]) for name in names]
    rows.append(("all", [one.whole for one in series]))
    every = [bar for _, found in rows for bar in found if bar is not None]
    values = [v for bar in every for v in (bar.ours, bar.reported) if v is not None]
    x = scale(values, _LEFT, WIDE - 8.0, log=log, within=y_range)
    bottom = _HIGH * len(rows) + 4
    parts = []
    for tick in x.ticks():
        place = short(x.at(tick))
        parts.append(f'<path class="g" d="M{place} 0V{short(bottom)}"/>')
        parts.append(f'<text class="t m" x="{place}" y="{short(bottom + 12)}">{number(tick)}</text>')
    for line, (name, found) in enumerate(rows):
        middle = _HIGH * line + 10
        parts.append(f'<text class="n e" x="{_LEFT - 8:g}" y="{short(middle + 3)}">{escape(name_of(name, 14))}</text>')
        for at, bar in enumerate(found):
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
    for at, one in enumerate(series):
        here = top + LINE * at
        parts.append(mark(at, 6, here - 3.5, 3.2, f"f c{at % 8}"))
        said = f"{one.name}  (n = {one.seeds})"
        parts.append(f'<text class="n" x="16" y="{short(here)}">{escape(name_of(said, CHARACTERS))}</text>')
    note = "means over seeds" + (f"; open marks: {against}" if any(b.reported is not None for b in every) else "")
    alt = "; ".join(f"{one.name} over all folds {one.whole.ours:.4g}" for one in series if one.whole.ours is not None)
    return Sketch(svg_document("".join(parts), top + LINE * len(series) - 6), title, note, f"{title}. {alt}")
