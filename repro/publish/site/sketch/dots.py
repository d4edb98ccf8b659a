"""Their numbers and ours, a line for each experiment: as dots, or as bars from zero."""

from collections.abc import Sequence
from html import escape

from repro.publish.site.sketch.marks import cross, diamond
from repro.publish.site.sketch.plane import LINE, WIDE, svg_document
from repro.publish.site.sketch.scale import Scale, number, scale, short
from repro.publish.site.sketch.sketch import Sketch
from repro.results.figures.bars import Mark
from repro.results.figures.compared import Pair
from repro.results.figures.fitting import name_of

_HIGH = 33.0
"""Of one experiment: its name, and below it the track."""

_WIDTH = 5.3
"""Of a letter, about."""


def dots(
    pairs: Sequence[Pair], *, title: str, axis_label: str, against: str, baseline: tuple[str, float] | None,
    marks: Sequence[Mark | None] = (), read_off: str = "", from_zero: bool = False, log: bool = False,
    within: tuple[float, float] | None = None,
) -> Sketch:  # fmt: skip
    """The sketch; ``from_zero`` draws ours as bars."""
    marked = [*marks, *[None] * (len(pairs) - len(marks))]
    values = [v for pair in pairs for v in _values(pair)] + [reading.value for reading in marked if reading is not None]
    values += [baseline[1]] if baseline else []
    bars = from_zero and not log
    x = scale([*values, *([0.0] if bars else [])], 6.0, WIDE - 8.0, log=log, within=within)
    bottom = _HIGH * len(pairs) + 4
    parts = []
    for tick in x.ticks():
        at = short(x.at(tick))
        parts.append(f'<path class="g" d="M{at} 0V{short(bottom)}"/>')
        parts.append(f'<text class="t m" x="{at}" y="{short(bottom + 12)}">{number(tick)}</text>')
    if baseline is not None:
        parts.append(f'<path class="b" d="M{short(x.at(baseline[1]))} 0V{short(bottom)}"/>')
    for line, (pair, reading) in enumerate(zip(pairs, marked, strict=True)):
        parts.append(_row(pair, reading, x, _HIGH * line, bars))
    parts.append(f'<path class="a" d="M6 {short(bottom)}H{short(WIDE - 8)}"/>')
    parts.append(f'<text class="s m" x="{short(WIDE / 2)}" y="{short(bottom + 26)}">{escape(axis_label)}</text>')
    svg = svg_document("".join(parts), bottom + 26 + LINE / 2)
    return Sketch(svg, title, _note(pairs, marked, against, baseline, read_off, bars), _told(title, pairs, against))


def _row(pair: Pair, mark: Mark | None, x: Scale, top: float, bars: bool) -> str:
    label = pair.verdict or pair.text
    room = int((WIDE - 16 - _WIDTH * len(label)) / _WIDTH)
    parts = [f'<text class="n" x="6" y="{short(top + 12)}">{escape(name_of(pair.named, max(12, room)))}</text>']
    if label:
        parts.append(f'<text class="t e" x="{short(WIDE - 8)}" y="{short(top + 12)}">{escape(label)}</text>')
    middle = top + 23
    if pair.ours is not None and bars:
        zero, at = x.at(0.0), x.at(pair.ours)
        parts.append(
            f'<rect class="w c0" x="{short(min(zero, at))}" y="{short(middle - 5)}" '
            f'width="{short(abs(at - zero))}" height="10"/>'
        )
    if pair.reported is not None and pair.reported_reach:
        ends = x.at(pair.reported - pair.reported_reach), x.at(pair.reported + pair.reported_reach)
        parts.append(f'<path class="p" d="M{short(ends[0])} {short(middle - 3)}H{short(ends[1])}"/>')
    for value in pair.values[:60]:
        parts.append(f'<circle class="r c0" cx="{short(x.at(value))}" cy="{short(middle + 5)}" r="1.6"/>')
    if pair.interval is not None:
        parts.append(
            f'<path class="i c0" d="M{short(x.at(pair.interval[0]))} {short(middle)}H{short(x.at(pair.interval[1]))}"/>'
        )
    if pair.ours is not None:
        parts.append(f'<circle class="f c0" cx="{short(x.at(pair.ours))}" cy="{short(middle)}" r="3.4"/>')
    if pair.reported is not None:
        parts.append(diamond(x.at(pair.reported), middle - 3, 3.2, "o"))
    if mark is not None:
        parts.append(cross(x.at(mark.value), middle, "p"))
    return "".join(parts)


def _values(pair: Pair) -> list[float]:
    candidates = [pair.ours, pair.reported, *(pair.interval or ()), *pair.values]
    if pair.reported is not None and pair.reported_reach:
        candidates += [pair.reported - pair.reported_reach, pair.reported + pair.reported_reach]
    return [value for value in candidates if value is not None]


def _note(
    pairs: Sequence[Pair], marks: Sequence[Mark | None], against: str, baseline: tuple[str, float] | None,
    read_off: str, bars: bool,
) -> str:  # fmt: skip
    sentences = []
    if any(pair.reported is not None for pair in pairs):
        spread = " with its ±" if any(pair.reported_reach for pair in pairs) else ""
        sentences.append(f"diamond: {against}{spread}")
    if any(pair.ours is not None for pair in pairs):
        sentences.append(f"{'bar and dot' if bars else 'dot'}: ours, with its 95 % interval; small dots: single runs")
    if any(mark is not None for mark in marks):
        sentences.append(f"cross: read off {read_off}")
    if baseline is not None:
        sentences.append(f"dashed line: {baseline[0]}")
    return "; ".join(sentences)


def _told(title: str, pairs: Sequence[Pair], against: str) -> str:
    sentences = []
    for pair in pairs[:20]:
        reported_text = "" if pair.reported is None else f"{against} {pair.reported:.4g}"
        measured_text = "" if pair.ours is None else f"ours {pair.ours:.4g}"
        sentences.append(
            f"{pair.name}: {', '.join(part for part in (reported_text, measured_text) if part) or 'nothing'}"
        )
    more = f"; and {len(pairs) - 20} more" if len(pairs) > 20 else ""
    return f"{title}. {'; '.join(sentences)}{more}"
