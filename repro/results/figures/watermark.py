"""The mark on figures of numbers that nobody has measured."""

from math import atan2, cos, degrees, hypot

from matplotlib.figure import Figure

from repro.results.figures.style import styled

EXPECTED = "EXPECTED, NOT MEASURED"
GID = "watermark"
"""The id of its group in an SVG file."""

CAPITAL_EMS = 0.78
"""Mean width of a bold capital, in sizes of the type."""


def watermarked(figure: Figure, text: str = EXPECTED) -> Figure:
    """The figure with ``text`` across it, so faint that all below it can be read. It moves nothing in the figure."""
    width, height = figure.get_size_inches()
    slope = atan2(height, width) * 0.8
    room = min(width / cos(slope), hypot(width, height)) * 0.86
    with styled():
        figure.text(
            0.5,
            0.5,
            text,
            gid=GID,
            in_layout=False,
            ha="center",
            va="center",
            rotation=degrees(slope),
            rotation_mode="anchor",
            fontsize=72 * room / (CAPITAL_EMS * len(text)),
            fontweight="bold",
            color="#7a1f00",
            alpha=0.16,
            zorder=100,
        )
    return figure
