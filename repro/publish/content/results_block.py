"""The result table with its verdicts: every reported number against ours."""

from repro.publish.content.pieces import Block, Number, Paragraph, Row, Table, Text, text
from repro.publish.content.subject import Subject
from repro.results.cells import SYMBOLS, Cells, cells, legends, sections
from repro.results.row import Row as ResultRow

HEAD = ("experiment", "paper", "ours", "runs", "difference", "margin", "verdict")


def results(subject: Subject) -> tuple[Block, ...]:
    """The headline, a table for each metric, and what must be said beside them."""
    found = subject.results
    if not subject.records or not any(row.mean is not None for row in found.rows):
        return (Paragraph(text(f"{subject.not_run}, so there are no results."), "note"),)
    blocks: list[Block] = [Paragraph(text(found.headline + "."))]
    if found.rung != "full":
        changed = f" ({', '.join(sorted(subject.of_rung))})" if subject.of_rung else ""
        said = f"Rung {found.rung}, not the paper's recipe{changed}: rows that it changes are PARTIAL, never more."
        blocks.append(Paragraph(text(said), "note"))
    for heading, rows in sections(found.rows):
        made = tuple(_row(subject, row, cells(row, rows)) for row in rows)
        hoped = any(row.reported is not None and row.reported.expected for row in rows)
        blocks.append(Table(heading, (HEAD[0], "expected", *HEAD[2:]) if hoped else HEAD, made, "lrrrrrl"))
    blocks += [Paragraph(text(line), "note") for line in found.warnings]
    blocks += [Paragraph(text(line)) for line in (*found.footnotes, *legends(found.rows))]
    return tuple(blocks)


def verdict_text(verdict: str) -> Text:
    """A verdict with its sign, so that colour never stands alone."""
    return text(f"{SYMBOLS[verdict]} {verdict}") if verdict else ()


def _row(subject: Subject, row: ResultRow, made: Cells) -> Row:
    ours = made.measured
    behind = subject.ids(row.experiment)
    own = Number(ours, behind) if row.mean is not None and behind else ours
    title = subject.title(row.experiment) if row.experiment in subject.spec.experiments else row.title
    shown = (
        text(title),
        text(made.paper),
        text(own),
        text(made.runs),
        text(made.difference),
        text(made.margin),
        verdict_text(made.verdict),
    )
    said = "; ".join(part for part in (made.sentence, *made.notes) if part)
    statistics = " · ".join(made.statistics)
    sentence = text(said, f" ({statistics})" if statistics and said else statistics)
    return Row(shown, sentence, "baseline" if row.is_baseline else "")
