"""Small pictures as SVG: their ink follows the page, so one picture serves light and dark, and any width.

matplotlib gives the colours and the places of ticks; drawing with it would take a hundred times as long for each of a
hundred pictures, and make each of them twice.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator
from PIL import Image

from repro.data.arrays import AnyArray

COLOURS = "magma"
"""The map of spectrograms: even to the eye, and for colour-blind eyes as well."""

WIDTH = 360.0
LEFT, RIGHT = 46.0, 10.0


@dataclass(frozen=True)
class Panel:
    """A rectangle with an axis of time (or of position) that all panels of a picture share."""

    top: float
    height: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """Where a value stands, from the top of the picture."""
        return self.top + self.height * (self.high - value) / (self.high - self.low)


def x_of(share: float) -> float:
    """Where a share 0 .. 1 of the shared axis stands, from the left of the picture."""
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def picture(height: float, title: str, parts: Sequence[str]) -> str:
    """A picture; ``title`` is what is read out where it cannot be seen."""
    box = f'viewBox="0 0 {WIDTH:g} {height:g}"'
    return f'<svg class="plot" {box} role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between two values, both ends included where they are round."""
    if not high > low:
        return [low]
    values = MaxNLocator(nbins=most, steps=[1, 2, 5, 10]).tick_values(low, high)
    slack = 1e-9 * (high - low)
    return [float(tick) + 0.0 for tick in values if low - slack <= tick <= high + slack]


def x_axis(bottom: float, low: float, high: float, label: str) -> str:
    """Ticks below a picture and what they count."""
    parts = []
    for tick in ticks(low, high, 6):
        x = x_of((tick - low) / (high - low) if high > low else 0.5)
        parts.append(f'<path class="rule" d="M{x:.1f} {bottom:g}v4"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 15:g}" text-anchor="middle">{_text(tick)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="axis" x="{middle:g}" y="{bottom + 29:g}" text-anchor="middle">{escape(label)}</text>')
    return "".join(parts)


def y_axis(panel: Panel, marks: Sequence[tuple[float, str]], label: str) -> str:
    """Ticks at the left of a panel, each with its text, and what they count, written upwards."""
    parts = []
    for value, text in marks:
        y = panel.y(value)
        parts.append(f'<path class="rule" d="M{LEFT - 4:g} {y:.1f}h4"/>')
        parts.append(f'<text class="tick" x="{LEFT - 7:g}" y="{y + 3.5:.1f}" text-anchor="end">{escape(text)}</text>')
    x, y = 9.0, panel.top + panel.height / 2
    turned = f'text-anchor="middle" transform="rotate(-90 {x:g} {y:g})"'
    parts.append(f'<text class="axis" x="{x:g}" y="{y + 3:g}" {turned}>{escape(label)}</text>')
    return "".join(parts)


def number_ticks(panel: Panel, most: int = 4) -> list[tuple[float, str]]:
    """Round numbers along a panel."""
    return [(tick, _text(tick)) for tick in ticks(panel.low, panel.high, most)]


def frame(panel: Panel) -> str:
    """The border of a panel."""
    width = WIDTH - LEFT - RIGHT
    return f'<rect class="frame" x="{LEFT:g}" y="{panel.top:g}" width="{width:g}" height="{panel.height:g}"/>'


def line(panel: Panel, values: AnyArray) -> str:
    """A line through values ``(n,)``, evenly spaced from one end to the other."""
    last = max(1, len(values) - 1)
    points = " ".join(f"{x_of(at / last):.1f},{panel.y(float(value)):.1f}" for at, value in enumerate(values))
    return f'<polyline class="wave" points="{points}"/>'


def band(panel: Panel, low: AnyArray, high: AnyArray) -> str:
    """The area between two rows of values ``(n,)``, at least a thin line."""
    count = len(low)
    xs = [x_of((at + 0.5) / count) for at in range(count)]
    upper = [f"{x:.1f},{panel.y(float(v)) - 0.4:.1f}" for x, v in zip(xs, high, strict=True)]
    lower = [f"{x:.1f},{panel.y(float(v)) + 0.4:.1f}" for x, v in zip(xs, low, strict=True)]
    return f'<polygon class="area" points="{" ".join([*upper, *reversed(lower)])}"/>'


def image(panel: Panel, values: AnyArray, low: float, high: float) -> str:
    """Values ``(rows, columns)``, first row at the bottom, in colours from low to high, filling a panel."""
    width = WIDTH - LEFT - RIGHT
    place = f'x="{LEFT:g}" y="{panel.top:g}" width="{width:g}" height="{panel.height:g}"'
    return f'<image {place} preserveAspectRatio="none" href="{coloured(values[::-1], low, high)}"/>'


def coloured(values: AnyArray, low: float, high: float, colours: str = COLOURS) -> str:
    """A PNG as data: URI of values ``(rows, columns)``, first row on top, in colours from low to high."""
    return png_uri(shaded(values, low, high, colours))


def shaded(values: AnyArray, low: float, high: float, colours: str = COLOURS) -> Image.Image:
    """The picture of values ``(rows, columns)``, first row on top, in colours from low to high."""
    span = high - low if high > low else 1.0
    shades = np.clip(np.round((values - low) / span * 255), 0, 255).astype(np.uint8)
    palette = (mpl.colormaps[colours](np.arange(256))[:, :3] * 255).round().astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(shades))
    image.putpalette(palette.tobytes())
    return image


def png_uri(image: Image.Image) -> str:
    """A picture as PNG in a data: URI."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def _text(tick: float) -> str:
    return f"{tick:g}".replace("-", "−")
