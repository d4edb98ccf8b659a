"""The figures of a study, each with what it shows in words."""

from repro.publish.content.charts import chart_of
from repro.publish.content.document_model import Block, Chart, Paragraph, Picture, text
from repro.publish.content.lazy_picture import drawn
from repro.publish.content.report_context import ReportContext
from repro.results.collect import run_id


def figures(subject: ReportContext) -> tuple[Block, ...]:
    """All of them, the paper's own first."""
    drawn = pictures(subject)
    return drawn or (Paragraph(text("No figure can be drawn before something has been run."), "note"),)


def pictures(subject: ReportContext) -> tuple[Picture, ...]:
    """The figures as pictures, with their numbers where a program could draw them."""
    requested = {requested_figure.name: requested_figure for requested_figure in subject.spec.figures}
    sources = tuple(run_id(record) for record in subject.records if record.state == "done")
    blocks = []
    for name, figure in subject.figures.items():
        request = requested.get(name)
        words = name.replace("-", " ").replace("_", " ")
        title = figure.axes[0].get_title(loc="left").replace("\n", " ") if figure.axes else words
        after = "" if request is None or request.reproduces in title else f"; after {request.reproduces}"
        chart = chart_of(figure)
        alt = f"{title}. {_told(chart)}" if chart is not None else f"{title}, drawn from {len(sources)} runs"
        blocks.append(drawn(name, lambda figure=figure: figure, text(title, after), alt, chart=chart, runs=sources))  # type: ignore[misc]
    return tuple(blocks)


def _told(chart: Chart) -> str:
    if chart.kind == "lines":
        ends = [
            f"{series.name} ends at {series.values[-1]:.4g}"
            for series in chart.series
            if series.values and series.values[-1] is not None
        ]
        return "; ".join(ends)
    sentences = [
        f"{category}: "
        + ", ".join(f"{series.name} {value:.4g}" for series in chart.series if (value := series.values[at]) is not None)
        for at, category in enumerate(chart.categories)
    ]
    return "; ".join(sentences)
