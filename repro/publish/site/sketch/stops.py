"""One number against a quantity that the experiments differ in."""

from collections.abc import Sequence
from html import escape

from repro.publish.site.sketch.marks import KINDS, cross, mark
from repro.publish.site.sketch.plane import CHARACTERS, HIGH, LEFT, LINE, RIGHT, TOP, WIDE, frame, svg_document
from repro.publish.site.sketch.scale import scale, short
from repro.publish.site.sketch.sketch import Sketch
from repro.results.figures.curves import Curve
from repro.results.figures.fitting import name_of
from repro.results.figures.sweep import Stop

MOST_TICKS = 7


def stops(
    series: Sequence[tuple[str, Sequence[Stop]]], *, title: str, x_label: str, y_label: str,
    y_range: tuple[float, float] | None, log: bool, lines: Sequence[Curve], read_off: str, against: str,
) -> Sketch:  # fmt: skip
    """The sketch. The x axis is logarithmic where its values span more than a factor of 10."""
    every = [stop for _, points in series for stop in points]
    xs = sorted({stop.x for stop in every} | {float(v) for line in lines for v in line.x})
    values = [v for s in every for v in (s.ours, s.reported, *(s.interval or ())) if v is not None]
    values += [float(v) for line in lines for v in line.mean]
    wide = bool(xs) and xs[0] > 0 and xs[-1] / xs[0] > 10
    x = scale(xs, LEFT, WIDE - RIGHT, log=wide)
    y = scale(values, TOP + HIGH, TOP, log=log, within=y_range)
    parts = [frame(x, y, x_label, y_label, x_ticks=xs if len(xs) <= MOST_TICKS else None)]
    names = [name for name, _ in series]
    for number, (_, points) in enumerate(series):
        colour = number % 8
        ran = sorted((stop.x, stop.ours, stop.interval) for stop in points if stop.ours is not None)
        drawn = " ".join(f"{short(x.at(a))},{short(y.at(b))}" for a, b, _ in ran if b is not None)
        parts.append(f'<polyline class="l c{colour} d{number // 8 % 4}" points="{drawn}"/>' if len(ran) > 1 else "")
        for a, b, ends in ran:
            if ends is not None:
                parts.append(
                    f'<path class="l c{colour}" d="M{short(x.at(a))} {short(y.at(ends[0]))}V{short(y.at(ends[1]))}"/>'
                )
            if b is not None:
                parts.append(mark(number, x.at(a), y.at(b), 3.0, f"f c{colour}"))
        for stop in points:
            if stop.reported is not None:
                parts.append(mark(number, x.at(stop.x), y.at(stop.reported), 4.4, "o"))
    for line in lines:
        number = names.index(line.name) if line.name in names else KINDS - 1
        parts += [
            cross(x.at(float(a)), y.at(float(b)), f"l c{number % 8}") for a, b in zip(line.x, line.mean, strict=True)
        ]
    top = TOP + HIGH + 44
    for number, name in enumerate(names):
        at = top + LINE * number
        parts.append(f'<path class="l c{number % 8} d{number // 8 % 4}" d="M0 {short(at - 3.5)}h22"/>')
        parts.append(mark(number, 11, at - 3.5, 2.6, f"f c{number % 8}"))
        parts.append(f'<text class="n" x="28" y="{short(at)}">{escape(name_of(name, CHARACTERS))}</text>')
    sentences = ["mean and 95 % interval"]
    sentences += [f"open marks: {against}"] if any(stop.reported is not None for stop in every) else []
    sentences += [f"crosses were read off {read_off}"] if lines else []
    svg = svg_document("".join(parts), top + LINE * len(names) - 8)
    return Sketch(svg, title, "; ".join(sentences), _told(title, series))


def _told(title: str, series: Sequence[tuple[str, Sequence[Stop]]]) -> str:
    sentences = [
        f"{name}: {', '.join(f'{stop.ours:.4g} at {stop.x:g}' for stop in points if stop.ours is not None)}"
        for name, points in series[:8]
    ]
    return f"{title}. {'; '.join(sentences)}"
