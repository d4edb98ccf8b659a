"""What was taken for what, as shaded squares."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from repro.publish.site.sketch.plane import WIDE, svg_document
from repro.publish.site.sketch.scale import short
from repro.publish.site.sketch.sketch import Sketch
from repro.results.figures.fitting import name_of
from repro.results.wording import several

MOST_WITH_NUMBERS = 12
MOST_NAMED = 24
_LEFT, _TOP = 78.0, 18.0
_SHADES = 8


def squares(counts: NDArray[np.int64], classes: Sequence[str], *, title: str, runs: int, folds: int) -> Sketch:
    """The sketch: a row for each true class, shades and numbers are percent of it."""
    n = len(classes)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(100.0 * counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    side = (WIDE - _LEFT - 4) / n
    by_shade: dict[int, list[str]] = {}
    numbers = []
    for row, column in zip(*np.nonzero(counts), strict=True):
        share = float(shares[row, column])
        x, y = _LEFT + side * column, _TOP + side * row
        place = f"M{short(x)} {short(y)}h{short(side)}v{short(side)}h-{short(side)}z"
        shade = min(_SHADES, 1 + int(share / 100 * _SHADES))
        by_shade.setdefault(shade, []).append(place)
        if n <= MOST_WITH_NUMBERS and share >= 0.5:
            css = "t m v" if shade > _SHADES // 2 else "t m"
            numbers.append(
                f'<text class="{css}" x="{short(x + side / 2)}" y="{short(y + side / 2 + 3)}">{share:.0f}</text>'
            )
    parts = [f'<path class="q q{shade}" d="{"".join(places)}"/>' for shade, places in sorted(by_shade.items())]
    end = _TOP + side * n
    whole_side = short(side * n)
    parts.append(f'<path class="a n0" d="M{_LEFT:g} {_TOP:g}h{whole_side}v{whole_side}h-{whole_side}z"/>')
    parts += numbers
    if n <= MOST_NAMED:
        for at, name in enumerate(classes):
            y = _TOP + side * at + side / 2 + 3
            parts.append(f'<text class="t e" x="{_LEFT - 5:g}" y="{short(y)}">{escape(name_of(name, 14))}</text>')
    parts.append(f'<text class="s m" x="{short(_LEFT + side * n / 2)}" y="11">taken for, in the same order</text>')
    worst = _worst(counts, shares, classes)
    sources = several(runs, "run") + (f", {several(folds, 'fold')}" if folds else "")
    note = f"rows are what it is, columns what it was taken for; shades are percent of a row; {sources}"
    return Sketch(svg_document("".join(parts), end + 4), title, note, f"{title}. {worst}")


def _worst(counts: NDArray[np.int64], shares: NDArray[np.float64], classes: Sequence[str]) -> str:
    """The three most frequent mistakes in words."""
    off = shares.copy()
    np.fill_diagonal(off, -1.0)
    confusions = []
    for flat in np.argsort(-off, axis=None, kind="stable")[:3]:
        row, column = divmod(int(flat), len(classes))
        if off[row, column] > 0:
            share = f"{off[row, column]:.0f} % of {counts[row].sum()}"
            confusions.append(f"{classes[row]} is taken for {classes[column]} in {share}")
    return "; ".join(confusions) if confusions else "Nothing was mistaken."
