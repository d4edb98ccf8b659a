"""The paper's claims, and whether our runs bear them out."""

from repro.publish.content.pieces import Block, Paragraph, Row, Table, text
from repro.publish.content.results_block import verdict_text
from repro.publish.content.subject import Subject


def claims(subject: Subject) -> tuple[Block, ...]:
    """A row for each claim with the sentence that its verdict rests on."""
    found = subject.results.claims if subject.records else ()
    if not found:
        said = f"{subject.not_run}, so no claim is judged." if subject.spec.claims else "No claim is written down."
        return (Paragraph(text(said), "note"),)
    rows = tuple(
        Row(
            (text(one.text), text(one.claim.where or one.claim.why), verdict_text(str(one.verdict))),
            text("; ".join((one.sentence, *one.notes))),
        )
        for one in found
    )
    return (Table("Claims", ("claim", "where", "verdict"), rows, "lll"),)
