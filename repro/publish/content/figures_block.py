"""The figures of a study, each with what it shows in words."""

from repro.publish.content.charts import chart_of
from repro.publish.content.drawn import drawn
from repro.publish.content.pieces import Block, Chart, Paragraph, Picture, text
from repro.publish.content.subject import Subject
from repro.results.collect import run_id


def figures(subject: Subject) -> tuple[Block, ...]:
    """All of them, the paper's own first."""
    made = pictures(subject)
    return made or (Paragraph(text("No figure can be drawn before something has been run."), "note"),)


def pictures(subject: Subject) -> tuple[Picture, ...]:
    """The figures as pictures, with their numbers where a program could draw them."""
    asked = {one.name: one for one in subject.spec.figures}
    behind = tuple(run_id(record) for record in subject.records if record.state == "done")
    found = []
    for name, figure in subject.figures.items():
        wanted = asked.get(name)
        words = name.replace("-", " ").replace("_", " ")
        title = figure.axes[0].get_title(loc="left").replace("\n", " ") if figure.axes else words
        after = "" if wanted is None or wanted.reproduces in title else f"; after {wanted.reproduces}"
        chart = chart_of(figure)
        alt = f"{title}. {_told(chart)}" if chart is not None else f"{title}, drawn from {len(behind)} runs"
        found.append(drawn(name, lambda figure=figure: figure, text(title, after), alt, chart=chart, runs=behind))  # type: ignore[misc]
    return tuple(found)


def _told(chart: Chart) -> str:
    if chart.kind == "lines":
        ends = [
            f"{one.name} ends at {one.values[-1]:.4g}"
            for one in chart.series
            if one.values and one.values[-1] is not None
        ]
        return "; ".join(ends)
    said = [
        f"{category}: "
        + ", ".join(f"{one.name} {value:.4g}" for one in chart.series if (value := one.values[at]) is not None)
        for at, category in enumerate(chart.categories)
    ]
    return "; ".join(said)
