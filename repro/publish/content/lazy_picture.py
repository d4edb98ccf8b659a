"""Pictures out of matplotlib figures, drawn when they are asked for."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache

from matplotlib.figure import Figure

from repro.publish.content.document_model import Chart, Picture, Text
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
    """A picture that is drawn once for each format, by ``make``.

    A copy is drawn: drawing moves what is in a figure a little, so the second format would not be as it is alone.
    """
    svg = cache(lambda: to_svg(deepcopy(make())))
    png = cache(lambda: to_png(deepcopy(make())))
    return Picture(name, caption, alt, svg, png, chart, runs)
