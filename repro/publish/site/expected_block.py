"""What a proposal expects, its figures sketched."""

from repro.publish.content.document_model import Block
from repro.publish.content.expected_block import expected_numbers, figure_asked
from repro.publish.content.report_context import ReportContext
from repro.publish.site.figures_block import mock_pictures, pictures


def expected(subject: ReportContext) -> tuple[Block, ...]:
    """A table of expected beside measured, and the figures as they should come out."""
    table, powers = expected_numbers(subject)
    return (*table, *mock_pictures(subject), *powers)


def figure_to_reproduce(subject: ReportContext) -> tuple[Block, ...]:
    """Which figure of which paper, why, and ours where it is drawn."""
    by = (subject.spec.extra.get("figure_to_reproduce") or {}).get("by")
    requested = figure_asked(subject)
    return (*requested, *(picture for picture in pictures(subject) if picture.name == by)) if requested else ()
