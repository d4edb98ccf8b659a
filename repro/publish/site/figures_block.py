"""The figures of a study, sketched."""

from collections.abc import Iterable, Mapping

from repro.publish.content.document_model import Block, Paragraph, Picture, text
from repro.publish.content.report_context import ReportContext
from repro.publish.site.sketch.sketch import Sketch
from repro.publish.site.sketch.svg_renderer import SvgRenderer
from repro.results.collect import run_id
from repro.results.figures.all_figures import render_all
from repro.results.figures.expectations import Expectations
from repro.results.figures.measurements import Measurements


def figures(subject: ReportContext) -> tuple[Block, ...]:
    """All that the records allow, the paper's own first."""
    shown = pictures(subject)
    return shown or (Paragraph(text("No figure can be drawn before something has been run."), "note"),)


def pictures(subject: ReportContext) -> tuple[Picture, ...]:
    """The figures as pictures."""
    if not subject.records:
        return ()
    reproduced = {figure.name: figure.reproduces for figure in subject.spec.figures}
    run_ids = tuple(run_id(record) for record in subject.records if record.state == "done")
    drawn = render_all(SvgRenderer(), Measurements(subject.runs, subject.predictions))
    return tuple(_pictures(drawn, "", run_ids, reproduced))


def mock_pictures(subject: ReportContext) -> tuple[Picture, ...]:
    """The figures as they are expected to look, named so."""
    drawn = render_all(SvgRenderer(), Expectations(subject.spec))
    return tuple(_pictures(drawn, "EXPECTED, NOT MEASURED: ", (), {}))


def _pictures(
    drawn: Mapping[str, Sketch], before: str, runs: tuple[str, ...], reproduced: Mapping[str, str]
) -> Iterable[Picture]:
    for name, sketch in drawn.items():
        of = reproduced.get(name, "")
        after = f"; after {of}" if of and of not in sketch.title else ""
        caption = text(before, sketch.title, after, f". {_sentence(sketch.note)}" if sketch.note else "")
        file = f"mock-{name}" if before else name
        svg = sketch.svg.encode("utf-8", "replace")
        yield Picture(file, caption, f"{before}{sketch.alt}", lambda svg=svg: svg, _no_png, runs=runs)  # type: ignore[misc]


def _sentence(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _no_png() -> bytes:
    raise NotImplementedError("a sketch is SVG alone")
