"""The numbers of bars and curves, so that a slide can hold a chart that can be edited."""

from collections.abc import Iterable

from matplotlib.figure import Figure

from repro.publish.content.document_model import Chart, Series
from repro.results.figures.curves import Curve
from repro.results.figures.numbers import CurvesShown, PairsShown
from repro.results.figures.style import Drawing


def chart_of(figure: Figure) -> Chart | None:
    """The chart of a figure, of the very numbers that were drawn; None where it is none of bars and curves."""
    shown = figure.numbers if isinstance(figure, Drawing) else None
    if isinstance(shown, PairsShown):
        return _bars(shown)
    return _lines(shown) if isinstance(shown, CurvesShown) else None


def _bars(shown: PairsShown) -> Chart:
    """Theirs and ours side by side: theirs with its spread, ours with its 95 % interval."""
    pairs = shown.pairs
    reported = Series(
        shown.against,
        tuple(pair.reported for pair in pairs),
        tuple(_off(pair.reported, pair.reported_reach, -1) for pair in pairs),
        tuple(_off(pair.reported, pair.reported_reach, 1) for pair in pairs),
    )
    measured = Series(
        "ours",
        tuple(pair.ours for pair in pairs),
        tuple(None if pair.interval is None else pair.interval[0] for pair in pairs),
        tuple(None if pair.interval is None else pair.interval[1] for pair in pairs),
    )
    series = tuple(bars for bars in (reported, measured) if any(value is not None for value in bars.values))
    return Chart("bars", series, "", shown.axis_label, tuple(pair.name for pair in pairs))


def _off(value: float | None, reach: float | None, sign: int) -> float | None:
    return None if value is None or reach is None else value + sign * reach


def _lines(shown: CurvesShown) -> Chart:
    """A line for each curve; its band, or its reading error, as intervals."""
    series = tuple(_line(curve, shown) for curve in shown.curves)
    return Chart("lines", series, shown.x_label, shown.y_label)


def _line(curve: Curve, shown: CurvesShown) -> Series:
    name = f"{curve.name}, read off {shown.read_off}" if curve.points else curve.name
    low, high = curve.band(shown.band)
    if curve.reading_error is not None:
        low, high = curve.mean - curve.reading_error, curve.mean + curve.reading_error
    return Series(name, _known(curve.mean), _known(low), _known(high), tuple(curve.x.tolist()))


def _known(values: Iterable[float]) -> tuple[float | None, ...]:
    """Without what is no number."""
    return tuple(None if value != value else float(value) for value in values)
