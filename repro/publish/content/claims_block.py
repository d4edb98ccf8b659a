"""The paper's claims, and whether our runs bear them out."""

from repro.publish.content.document_model import Block, Paragraph, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.results_block import verdict_text


def claims(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each claim with the sentence that its verdict rests on."""
    results = subject.results.claims if subject.records else ()
    if not results:
        sentence = f"{subject.not_run}, so no claim is judged." if subject.spec.claims else "No claim is written down."
        return (Paragraph(text(sentence), "note"),)
    rows = tuple(
        Row(
            (text(result.text), text(result.claim.where or result.claim.why), verdict_text(str(result.verdict))),
            text("; ".join((result.sentence, *result.notes))),
        )
        for result in results
    )
    return (Table("Claims", ("claim", "where", "verdict"), rows, "lll"),)
