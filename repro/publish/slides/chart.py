"""Native charts: bars and curves with their intervals as error bars and all numbers behind them."""

from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from repro.publish.content.document_model import Chart, Series
from repro.publish.slides.measure import FONT
from repro.results.figures.style import COLOURS, PAPER_COLOUR

SIZE = 14
_BEFORE_ERROR_BARS = ("c:idx", "c:order", "c:tx", "c:spPr", "c:invertIfNegative", "c:marker", "c:dPt", "c:dLbls")


def add_chart(page: Any, chart: Chart, left: float, top: float, wide: float, high: float) -> Any:
    """Put a chart on a slide; measures in points. Returns its shape."""
    data = _bars(chart) if chart.kind == "bars" else _lines(chart)
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if chart.kind == "bars" else XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
    shape = page.shapes.add_chart(kind, Pt(left), Pt(top), Pt(wide), Pt(high), data)
    native = shape.chart
    native.font.size, native.font.name = Pt(SIZE), FONT
    native.has_title = False
    native.has_legend = True
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    for axis, label in ((native.category_axis, chart.x_label), (native.value_axis, chart.y_label)):
        axis.has_title = bool(label)
        if label:
            axis.axis_title.text_frame.text = label
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(SIZE)
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
        axis.format.line.color.rgb = RGBColor(0x5C, 0x5C, 0x5C)
    native.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xD9, 0xD9, 0xD9)
    native.category_axis.has_major_gridlines = False
    if chart.kind == "bars":
        native.plots[0].gap_width = 60
        if all(value is None or value >= 0 for line in chart.series for value in line.values):
            native.value_axis.minimum_scale = 0.0  # a bar's length is its value; left to itself a program cuts it short
    else:
        native.category_axis.minimum_scale = min(0.0, *(x for line in chart.series for x in line.x))
        native.category_axis.maximum_scale = max(x for line in chart.series for x in line.x)
    for at, (data_series, series) in enumerate(zip(chart.series, native.plots[0].series, strict=True)):
        colour = _colour(data_series, at)
        if chart.kind == "bars":
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = RGBColor.from_string(colour)
        else:
            series.format.line.color.rgb = RGBColor.from_string(colour)
            series.format.line.width = Pt(2)
            series.smooth = False
        _error_bars(series, data_series, colour if chart.kind == "lines" else "1A1A1A")
    return shape


def _colour(series: Series, at: int) -> str:
    if series.name in ("paper", "expected"):
        return "B9B9B9"
    return (COLOURS[at % len(COLOURS)] if series.name != "ours" else COLOURS[0]).lstrip("#") or PAPER_COLOUR


def _bars(chart: Chart) -> CategoryChartData:
    data = CategoryChartData()
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.name, series.values)
    return data


def _lines(chart: Chart) -> XyChartData:
    data = XyChartData()
    for series in chart.series:
        added = data.add_series(series.name)
        for x, y in zip(series.x, series.values, strict=True):
            if y is not None:
                added.add_data_point(x, y)
    return data


def _error_bars(series: Any, data_series: Series, colour: str) -> None:
    """The ends of the intervals, as distances from the values; nothing where there are none."""
    if not any(end is not None for end in data_series.high):
        return
    shown = [
        (0.0, 0.0) if value is None or low is None or high is None else (value - low, high - value)
        for value, low, high in zip(data_series.values, data_series.low, data_series.high, strict=True)
        if value is not None or not data_series.x
    ]
    direction = '<c:errDir val="y"/>' if data_series.x else ""
    bars_element = parse_xml(
        f"<c:errBars {nsdecls('c', 'a')}>{direction}"
        f'<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="{int(bool(data_series.x))}"/>'
        f"<c:plus>{_numbers([up for _, up in shown])}</c:plus>"
        f"<c:minus>{_numbers([down for down, _ in shown])}</c:minus>"
        f'<c:spPr><a:ln w="{6350 if data_series.x else 12700}"><a:solidFill><a:srgbClr val="{colour}">'
        f'<a:alpha val="{35000 if data_series.x else 100000}"/></a:srgbClr></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    element = series._element
    before = [child for name in _BEFORE_ERROR_BARS for child in element.xpath(f"./{name}")]
    last = max(before, key=element.index)
    last.addnext(bars_element)


def _numbers(values: list[float]) -> str:
    points = "".join(f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>' for at, value in enumerate(values))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'
