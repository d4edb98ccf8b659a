"""One look for all figures: light ground, legible type, colours that colour-blind readers can tell apart."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from repro.results.figures.fonts import use_fonts
from repro.results.figures.numbers import Numbers

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#A66F00", "#5D3A9B", "#333333")
"""Okabe and Ito's, the yellow left out (too light on white) and three dark ones in its place; used in this order."""

DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
"""Line styles; each turn through the colours takes the next one."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Markers, so that colour never stands alone."""

INK, SOFT, RULE, BAND = "#1a1a1a", "#5c5c5c", "#d9d9d9", 0.16
PAPER_COLOUR, BASELINE_COLOUR = "#1a1a1a", "#8a8a8a"
DPI = 100

STYLE: dict[str, Any] = {
    "figure.facecolor": "white",
    "figure.dpi": DPI,
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "svg.hashsalt": "repro",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "path.simplify": False,
}
"""matplotlib settings; they hold inside :func:`styled` only and change no one else's."""


@contextmanager
def styled() -> Iterator[None]:
    """Inside, matplotlib draws in this project's look, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for name, value in STYLE.items():
            mpl.rcParams[name] = value  # type: ignore[index]
        yield


class Drawing(Figure):
    """A figure with the numbers that it shows, where a program could draw them otherwise."""

    numbers: Numbers | None = None


def new_figure(width: float, height: float) -> tuple[Drawing, Axes]:
    """A figure of so many inches with one pair of axes; laid out so that no text is cut. Call inside ``styled()``."""
    figure = Drawing(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def log_scale(axes: Axes, which: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with plain numbers at 1, 2 and 5 times the powers of ten."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def caption(axes: Axes, text: str) -> None:
    """A line of small grey text between the title and the picture."""
    axes.annotate(
        text, (0, 1), xytext=(0, 5), xycoords="axes fraction", textcoords="offset points", color=SOFT, fontsize=9,
        va="bottom",
    )  # fmt: skip


def title_pad(text: str) -> float:
    """Room between the picture and its title, in points, for a caption of so many lines."""
    return 22 + 12 * text.count("\n")


def colour(number: int) -> str:
    """The colour of the n-th series."""
    return COLOURS[number % len(COLOURS)]


def dash(number: int) -> Any:
    """The line style of the n-th series."""
    return DASHES[number // len(COLOURS) % len(DASHES)]


def marker(number: int) -> str:
    """The marker of the n-th series."""
    return MARKERS[number % len(MARKERS)]


def to_svg(figure: Figure) -> bytes:
    """The figure as SVG; the same figure gives the same bytes (no date, fixed ids, letters as outlines)."""
    return _saved(figure, "svg", {"Date": None, "Creator": None})


def to_png(figure: Figure) -> bytes:
    """The figure as PNG at twice its size in pixels; the same figure gives the same bytes."""
    return _saved(figure, "png", {"Software": None})


def _saved(figure: Figure, form: str, metadata: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with styled(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # use_fonts says which to install
        warnings.filterwarnings("ignore", ".*does not support .* natively")  # letters stand unjoined, but no boxes
        figure.draw_without_rendering()  # the first layout of a picture with square cells cuts its title off
        if use_fonts(figure):  # which letters there are is known once it was drawn
            figure.draw_without_rendering()
        figure.savefig(out, format=form, dpi=2 * DPI, metadata=metadata)
    return out.getvalue()
