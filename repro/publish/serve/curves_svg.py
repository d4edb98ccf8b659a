"""Curves of a few runs as one small picture whose ink follows the page: dashed with a dot at its end while it grows."""

from html import escape
from math import floor, log10

from repro.publish.serve.folder_progress import CurvePanel, CurveShown
from repro.results.wording import MINUS, several

WIDTH, HEIGHT = 360.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 10.0, 30.0
MOST_TICKS = 5


def curves_svg(panel: CurvePanel, steps: int | None = None) -> str:
    """The picture; ``steps`` is where its axis ends, by default with the longest curve."""
    last = max(step for curve in panel.curves for step, _ in curve.points)
    end = max(last, steps or 0, 1)
    values = [value for curve in panel.curves for _, value in curve.points]
    low, high = min(values), max(values)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    pad = 0.04 * (high - low)
    low, high = low - pad, high + pad

    def x(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / end

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = []
    for tick in ticks(low, high):
        parts.append(f'<path class="rule" d="M{LEFT:g} {y(tick):.1f}H{WIDTH - RIGHT:g}"/>')
        parts.append(f'<text x="{LEFT - 6:g}" y="{y(tick) + 3.5:.1f}" text-anchor="end">{number(tick)}</text>')
    for tick in ticks(0, end):
        anchor = "middle" if x(tick) < WIDTH - RIGHT - 14 else "end"
        parts.append(
            f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 15:g}" text-anchor="{anchor}">{number(tick)}</text>'
        )
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 2:g}" text-anchor="middle">steps</text>')
    parts.append(f'<path class="axis" d="M{LEFT:g} {HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}"/>')
    for curve in sorted(panel.curves, key=lambda item: item.grows):  # what grows lies on top
        places = [(x(step), y(value)) for step, value in curve.points]
        kind = "grows" if curve.grows else "over"
        if len(places) > 1:
            line = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
            parts.append(f'<polyline class="{kind}" points="{line}"><title>{escape(curve.title)}</title></polyline>')
        if curve.grows or len(places) == 1:
            a, b = places[-1]
            parts.append(
                f'<circle class="{kind}" cx="{a:.1f}" cy="{b:.1f}" r="3"><title>{escape(curve.title)}</title></circle>'
            )
    label = escape(in_words(panel))
    return (
        f'<svg class="curves" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def in_words(panel: CurvePanel) -> str:
    """What the picture says, for those who hear the page."""
    ends = [_end(curve) for curve in panel.curves[:12]]
    more = [f"and {len(panel.curves) - 12} more"] if len(panel.curves) > 12 else []
    return f"{panel.title}, {panel.metric}, {several(len(panel.curves), 'run')}: {'; '.join([*ends, *more])}"


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Round numbers between two values, at most so many.

    >>> ticks(0, 6000), ticks(61.3, 68.9)
    ([0.0, 2000.0, 4000.0, 6000.0], [62.0, 64.0, 66.0, 68.0])
    """
    rough = (high - low) / (most - 1)
    if not rough > 0:
        return [low]
    size = 10.0 ** floor(log10(rough))
    step = next((size * by for by in (1, 2, 5, 10) if size * by >= rough * 0.999), size * 10)
    first = -(-low // step)
    marks = [round(step * (first + at), 12) + 0.0 for at in range(most + 1)]
    return [tick for tick in marks if tick <= high + 1e-9 * step][:most]


def number(value: float) -> str:
    """A tick's text.

    >>> number(6000), number(0.25), number(-1), number(120000)
    ('6,000', '0.25', '−1', '120,000')
    """
    text = f"{value:,.0f}" if abs(value) >= 1000 and value == round(value) else f"{value:g}"
    return text.replace("-", MINUS)


def _end(curve: CurveShown) -> str:
    step, value = curve.points[-1]
    return f"{curve.title} {value:.4g} at step {step:,}{' so far' if curve.grows else ''}"
