"""The frame of a picture with two axes: grid, ticks, labels, and a list of what is drawn below it."""

from collections.abc import Sequence
from html import escape

from repro.publish.site.sketch.scale import Scale, number, short
from repro.results.figures.fitting import name_of

WIDE = 330.0
"""Width of all sketches: legible on a phone, where it is about as wide as the screen."""

LEFT, RIGHT, TOP = 40.0, 14.0, 16.0
HIGH = 180.0
"""Height of the part within the axes."""

LINE = 15.0
"""Height of a line of text."""

CHARACTERS = 52
"""Of a name that has a line for itself."""


def frame(x: Scale, y: Scale, x_label: str, y_label: str, *, x_ticks: Sequence[float] | None = None) -> str:
    """Grid and axes with their numbers. The y label stands on top, where it is read without turning the head."""
    bottom = y.start
    parts = [f'<text class="s" x="0" y="10">{escape(name_of(y_label, CHARACTERS))}</text>']
    for tick in y.ticks():
        at = y.at(tick)
        parts.append(f'<path class="g" d="M{short(x.start)} {short(at)}H{short(x.end)}"/>')
        parts.append(f'<text class="t e" x="{short(x.start - 5)}" y="{short(at + 3.2)}">{number(tick)}</text>')
    for tick in x.ticks() if x_ticks is None else x_ticks:
        at = x.at(tick)
        parts.append(f'<path class="g" d="M{short(at)} {short(bottom)}v3"/>')
        css = "t e" if at > x.end - 12 else "t m"
        parts.append(f'<text class="{css}" x="{short(at)}" y="{short(bottom + 14)}">{number(tick)}</text>')
    parts.append(f'<path class="a" d="M{short(x.start)} {short(bottom)}H{short(x.end)}"/>')
    parts.append(
        f'<text class="s m" x="{short((x.start + x.end) / 2)}" y="{short(bottom + 28)}">'
        f"{escape(name_of(x_label, CHARACTERS))}</text>"
    )
    return "".join(parts)


def svg_document(inside: str, high: float, wide: float = WIDE) -> str:
    """The SVG."""
    return f'<svg viewBox="0 0 {short(wide)} {short(high)}">{inside}</svg>'
