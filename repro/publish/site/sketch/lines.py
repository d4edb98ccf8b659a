"""Curves over the training, numbered at their ends; below them the list of their names."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from repro.publish.site.sketch.marks import cross, mark
from repro.publish.site.sketch.plane import CHARACTERS, HIGH, LEFT, LINE, RIGHT, TOP, WIDE, frame, svg_document
from repro.publish.site.sketch.scale import Scale, scale, short
from repro.publish.site.sketch.sketch import Sketch
from repro.results.figures.curves import Band, Curve
from repro.results.figures.fitting import name_of
from repro.results.figures.label_placement import spread_labels

MOST_POINTS = 160
"""Of one curve; more cannot be told apart at this size."""

_ENDS = 16.0
"""Room at the right for the numbers."""


def lines(
    curves: Sequence[Curve], *, title: str, x_label: str, y_label: str, band: Band,
    y_range: tuple[float, float] | None, log: bool, read_off: str, level: tuple[str, float] | None,
) -> Sketch:  # fmt: skip
    """The sketch."""
    measured = [curve for curve in curves if not curve.points]
    names = list(dict.fromkeys(curve.name for curve in curves))
    turn = {name: at for at, name in enumerate(names)}
    spread = {id(curve): curve.band(band) for curve in measured}
    values = [float(v) for curve in curves for v in curve.mean] + ([level[1]] if level else [])
    values += [float(v) for ends in spread.values() for end in ends for v in end]
    xs = [float(v) for curve in curves for v in curve.x]
    x = scale([*xs, *([0.0] if xs and min(xs) < 0.1 * max(xs) else [])], LEFT, WIDE - RIGHT - _ENDS, pad=0.0)
    y = scale(values, TOP + HIGH, TOP, log=log, within=y_range)
    parts = [frame(x, y, x_label, y_label)]
    for curve in measured:
        parts.append(_band(curve, spread[id(curve)], x, y, turn[curve.name] % 8))
    if level is not None:
        height = short(y.at(level[1]))
        parts.append(f'<path class="b" d="M{LEFT:g} {height}H{short(x.end)}"/>')
    for curve in curves:
        number = turn[curve.name]
        if curve.points:
            parts += [cross(x.at(a), y.at(b), f"l c{number % 8}") for a, b in _places(curve.x, curve.mean)]
        else:
            parts.append(_line(curve, x, y, number))
    parts.append(_ends(curves, turn, x, y))
    top = TOP + HIGH + 44
    for number, name in enumerate(names):
        at = top + LINE * number
        parts.append(f'<path class="l c{number % 8} d{number // 8 % 4}" d="M0 {short(at - 3.5)}h22"/>')
        parts.append(mark(number, 11, at - 3.5, 2.6, f"f c{number % 8}"))
        label = escape(name_of(name, CHARACTERS))
        parts.append(f'<text class="n" x="28" y="{short(at)}">{number + 1}  {label}</text>')
    high = top + LINE * len(names) - 8
    return Sketch(
        svg_document("".join(parts), high), title, _note(measured, curves, band, read_off, level), _told(title, curves)
    )


def _line(curve: Curve, x: Scale, y: Scale, number: int) -> str:
    places = _thinned(_places(curve.x, curve.mean))
    css = f"l c{number % 8} d{number // 8 % 4}"
    if len(places) < 2:
        return "".join(mark(number, x.at(a), y.at(b), 2.6, f"f c{number % 8}") for a, b in places)
    drawn = " ".join(f"{short(x.at(a))},{short(y.at(b))}" for a, b in places)
    return f'<polyline class="{css}" points="{drawn}"/>'


def _band(curve: Curve, ends: tuple[NDArray[np.float64], NDArray[np.float64]], x: Scale, y: Scale, colour: int) -> str:
    low, high = (_thinned(_places(curve.x, end)) for end in ends)
    if len(low) < 2 or len(low) != len(high):
        return ""
    drawn = " ".join(f"{short(x.at(a))},{short(y.at(b))}" for a, b in [*low, *reversed(high)])
    return f'<polygon class="w c{colour}" points="{drawn}"/>'


def _ends(curves: Sequence[Curve], turn: dict[str, int], x: Scale, y: Scale) -> str:
    """The number of each line at its end, apart from the others, with its mark on the line."""
    last = {curve.name: places[-1] for curve in curves if not curve.points and (places := _places(curve.x, curve.mean))}
    targets = [y.at(b) for _, b in last.values()]
    parts = []
    for (name, (a, b)), place in zip(last.items(), spread_labels(targets, 10.0, TOP, TOP + HIGH), strict=True):
        number = turn[name]
        parts.append(mark(number, x.at(a), y.at(b), 2.6, f"f c{number % 8}"))
        parts.append(f'<text class="t" x="{short(x.end + 7)}" y="{short(place + 3.2)}">{number + 1}</text>')
    return "".join(parts)


def _places(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True) if np.isfinite(b)]


def _thinned(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Some of many, the first and the last among them."""
    if len(places) <= MOST_POINTS:
        return places
    return [places[round(at * (len(places) - 1) / (MOST_POINTS - 1))] for at in range(MOST_POINTS)]


def _note(
    measured: Sequence[Curve], curves: Sequence[Curve], band: Band, read_off: str, level: tuple[str, float] | None
) -> str:
    sentences = []
    if any(len(curve.ys) > 1 for curve in measured):
        counts = sorted({len(curve.ys) for curve in measured})
        runs = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        unit = (
            "folds"
            if any(curve.by_fold for curve in measured)
            else "seeds"
            if any(c.folds for c in measured)
            else "runs"
        )
        sentences.append(f"lines are means of {runs} {unit}, bands the {band}")
    if any(curve.expected for curve in measured):
        sentences.append("lines are what is expected of the mean")
    if len(curves) > len(measured):
        sentences.append(f"crosses were read off {read_off}")
    if level is not None:
        sentences.append(f"the dashed line is the baseline, {level[0]}")
    return "; ".join(sentences)


def _told(title: str, curves: Sequence[Curve]) -> str:
    ends = [
        f"{curve.name} ends at {places[-1][1]:.4g}"
        for curve in curves
        if not curve.points and (places := _places(curve.x, curve.mean))
    ]
    more = f"; and {len(ends) - 12} more" if len(ends) > 12 else ""
    return f"{title}. {'; '.join(ends[:12])}{more}"
