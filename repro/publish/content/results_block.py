"""The result table with its verdicts: every reported number against ours."""

from repro.publish.content.document_model import Block, Number, Paragraph, Row, Table, Text, text
from repro.publish.content.report_context import ReportContext
from repro.results.cells import SYMBOLS, Cells, cells, legends, sections
from repro.results.row import Row as ResultRow

HEAD = ("experiment", "paper", "ours", "runs", "difference", "margin", "verdict")


def results(subject: ReportContext) -> tuple[Block, ...]:
    """The headline, a table for each metric, and what must be said beside them."""
    table = subject.results
    if not subject.records or not any(row.mean is not None for row in table.rows):
        return (Paragraph(text(f"{subject.not_run}, so there are no results."), "note"),)
    blocks: list[Block] = [Paragraph(text(table.headline + "."))]
    if table.rung != "full":
        changed = f" ({', '.join(sorted(subject.of_rung))})" if subject.of_rung else ""
        sentence = f"Rung {table.rung}, not the paper's recipe{changed}: rows that it changes are PARTIAL, never more."
        blocks.append(Paragraph(text(sentence), "note"))
    for heading, rows in sections(table.rows):
        block_rows = tuple(_row(subject, row, cells(row, rows)) for row in rows)
        hoped = any(row.reported is not None and row.reported.expected for row in rows)
        blocks.append(Table(heading, (HEAD[0], "expected", *HEAD[2:]) if hoped else HEAD, block_rows, "lrrrrrl"))
    blocks += [Paragraph(text(line), "note") for line in table.warnings]
    blocks += [Paragraph(text(line)) for line in (*table.footnotes, *legends(table.rows))]
    return tuple(blocks)


def verdict_text(verdict: str) -> Text:
    """A verdict with its sign, so that colour never stands alone."""
    return text(f"{SYMBOLS[verdict]} {verdict}") if verdict else ()


def _row(subject: ReportContext, row: ResultRow, row_cells: Cells) -> Row:
    measured = row_cells.measured
    sources = subject.ids(row.experiment)
    own = Number(measured, sources) if row.mean is not None and sources else measured
    title = subject.title(row.experiment) if row.experiment in subject.spec.experiments else row.title
    shown = (
        text(title),
        text(row_cells.paper),
        text(own),
        text(row_cells.runs),
        text(row_cells.difference),
        text(row_cells.margin),
        verdict_text(row_cells.verdict),
    )
    explanation = "; ".join(part for part in (row_cells.sentence, *row_cells.notes) if part)
    statistics = " · ".join(row_cells.statistics)
    sentence = text(explanation, f" ({statistics})" if statistics and explanation else statistics)
    return Row(shown, sentence, "baseline" if row.is_baseline else "")
