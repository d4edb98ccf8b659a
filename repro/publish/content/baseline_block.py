"""The baseline, and how far every other experiment is from it."""

from typing import Literal

from repro.publish.content.document_model import Block, Number, Paragraph, Row, Table, Text, text
from repro.publish.content.report_context import ReportContext
from repro.results.cells import NOTHING, cells
from repro.results.row import Row as ResultRow
from repro.results.wording import fixed


def baseline(subject: ReportContext) -> tuple[Block, ...]:
    """Which one it is, and a table of all main metrics against it."""
    name = subject.spec.baseline
    base = subject.baseline
    sentence = text(f"The baseline is {subject.title(name)}", f" (model {base.model.name})." if base.model else ".")
    row = subject.row(name)
    if row is None or row.mean is None:
        return (Paragraph(sentence), Paragraph(text("It has not been run yet."), "note"))
    rows = [_line(subject, experiment.name, row) for experiment in subject.run]
    source = "expected" if subject.spec.kind == "proposal" else "paper says"
    head = ("experiment", f"{row.metric.removeprefix('test/')}", "against the baseline", source)
    return (Paragraph(sentence), Table(f"Against {subject.title(name)}", head, tuple(rows), "lrrr"))


def _line(subject: ReportContext, name: str, base: ResultRow) -> Row:
    row = subject.row(name, base.metric)
    kind: Literal["baseline", ""] = "baseline" if name == base.experiment else ""
    if row is None or row.mean is None or base.mean is None:
        return Row((text(subject.title(name)), text(NOTHING), (), ()), kind=kind)
    row_cells = cells(row, subject.results.rows)
    measured = row_cells.measured
    away: Text = ()
    if name != base.experiment and row.unit == base.unit:
        places = len(row_cells.ours.partition(".")[2])
        away = text(
            Number(fixed(row.mean - base.mean, places, sign=True), subject.ids(name) + subject.ids(base.experiment))
        )
    return Row(
        (text(subject.title(name)), text(Number(measured, subject.ids(name))), away, text(row_cells.paper)),
        kind=kind,
    )
