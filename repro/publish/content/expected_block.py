"""What a proposal expects, beside what was measured; and the figure of another paper that it draws again."""

from repro.publish.content.document_model import Block, Number, Paragraph, Picture, Row, Table, text
from repro.publish.content.figures_block import pictures
from repro.publish.content.lazy_picture import drawn
from repro.publish.content.related_block import cited
from repro.publish.content.report_context import ReportContext
from repro.publish.mock.figures import mock_figures
from repro.results.cells import NOTHING, cells, sections
from repro.results.expected_claims import claim_powers


def expected(subject: ReportContext) -> tuple[Block, ...]:
    """A table of expected beside measured, the mock figures, and how sure the runs planned would be."""
    table, powers = expected_numbers(subject)
    return (*table, *_mock(subject), *powers)


def expected_numbers(subject: ReportContext) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """What stands before and after the mock figures: expected beside measured, and a line for each claim."""
    expected = [row for row in subject.results.rows if row.reported is not None and row.reported.expected]
    blocks: list[Block] = []
    for heading, group in sections(expected):
        rows = []
        for row in group:
            row_cells = cells(row, group)
            our_value = row_cells.measured
            measured = Number(our_value, subject.ids(row.experiment)) if row.mean is not None else NOTHING
            shown = (text(subject.title(row.experiment)), text(row_cells.paper), text(measured))
            rows.append(Row(shown, kind="baseline" if row.is_baseline else ""))
        blocks.append(Table(heading, ("experiment", "expected", "measured"), tuple(rows), "lrr"))
    if not blocks:
        blocks.append(Paragraph(text("No expected value is written down yet."), "note"))
    return tuple(blocks), tuple(
        Paragraph(text(f"{power.text}: {power.sentence}.")) for power in claim_powers(subject.spec)
    )


def _mock(subject: ReportContext) -> list[Picture]:
    """The figures as they are expected to look, marked so."""
    pictures = []
    for name, figure in mock_figures(subject.spec).items():
        words = name.replace("-", " ").replace("_", " ")
        caption = text("Expected, not measured" if words == "expected" else f"Expected, not measured: {words}")
        alt = f"{words}, drawn from expected values and marked EXPECTED, NOT MEASURED"
        pictures.append(drawn(f"mock-{name}", lambda figure=figure: figure, caption, alt))  # type: ignore[misc]
    return pictures


def figure_to_reproduce(subject: ReportContext) -> tuple[Block, ...]:
    """Which figure of which paper, why, and ours where it is drawn."""
    by = (subject.spec.extra.get("figure_to_reproduce") or {}).get("by")
    requested = figure_asked(subject)
    return (*requested, *(picture for picture in pictures(subject) if picture.name == by)) if requested else ()


def figure_asked(subject: ReportContext) -> tuple[Block, ...]:
    """Which figure of which paper, and why; nothing where none was chosen."""
    chosen = subject.spec.extra.get("figure_to_reproduce")
    if not chosen:
        return ()
    work = subject.spec.related_work.get(chosen["paper"])
    by = cited(work) if work is not None else text(chosen["paper"])
    blocks: list[Block] = [Paragraph(text(f"{chosen['figure']} of ", *by))]
    if chosen.get("why"):
        blocks.append(Paragraph(text(f"Why: {chosen['why']}")))
    return tuple(blocks)
