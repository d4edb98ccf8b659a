"""Pictures out of matplotlib figures, drawn when they are asked for."""

from collections.abc import Callable
from functools import cache

from matplotlib.figure import Figure

from repro.publish.content.pieces import Chart, Picture, Text
from repro.results.figures.style import to_png, to_svg


def drawn(
    name: str,
    make: Callable[[], Figure],
    caption: Text,
    alt: str,
    *,
    chart: Chart | None = None,
    runs: tuple[str, ...] = (),
) -> Picture:
    """A picture that is drawn once for each format, by ``make``."""
    svg = cache(lambda: to_svg(make()))
    png = cache(lambda: to_png(make()))
    return Picture(name, caption, alt, svg, png, chart, runs)
