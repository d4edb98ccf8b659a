"""One part of an assignment as a post."""

from dataclasses import dataclass

from repro.publish.assignments.standing import PartStanding
from repro.publish.content.document import answered
from repro.publish.content.document_model import Block, Gap, Picture, Table
from repro.publish.content.report_context import ReportContext
from repro.publish.post.markdown import block_markdown, escaped

MOST_CHARACTERS = 40_000
"""What Reddit takes as the text of a post."""

LONG_TABLE = 40
"""Tables of more rows are not posted; the report has them."""


@dataclass(frozen=True)
class Post:
    """A post: its title, its text, the pictures to upload, and what its writer should know before posting it."""

    title: str
    text: str
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...]


def post(subject: ReportContext, part: PartStanding) -> Post:
    """The post that answers a part.

    It is shortened where Reddit would not take it: first the sentences under the tables go, then the tables of shapes;
    what a person wrote is never cut.

    Raises:
        StaleError: records are not those that a table was made from.

    """
    subject.check()
    blocks = [(status.question.ask, answered(subject, status)) for status in part.standings]
    gaps = sum(isinstance(block, Gap) for _, many in blocks for block in many)
    warnings = [f"{gaps} answer{'s are' if gaps > 1 else ' is'} still missing or too short"] if gaps else []
    title = f"{subject.spec.work.title}: {part.part.title}"
    document_text, pictures = _written(blocks, short=False, shapes=True)
    for short, shapes, warning in (
        (True, True, "the sentences under the tables were left out"),
        (True, False, "tables of shapes were left out"),
    ):
        if len(document_text) <= MOST_CHARACTERS:
            break
        document_text, pictures = _written(blocks, short=short, shapes=shapes)
        warnings.append(f"too long for Reddit, so {warning}; the report has them")
    if len(document_text) > MOST_CHARACTERS:
        warnings.append(
            f"{len(document_text):,} characters, and Reddit takes {MOST_CHARACTERS:,}: shorten your answers"
        )
    return Post(" ".join(title.split()), document_text, tuple(pictures), tuple(warnings))


def _written(blocks: list[tuple[str, tuple[Block, ...]]], *, short: bool, shapes: bool) -> tuple[str, list[Picture]]:
    pictures: list[Picture] = []
    parts = []
    for ask, many in blocks:
        parts.append(f"## {escaped(ask)}\n")
        for block in many:
            if isinstance(block, Table) and (len(block.rows) > LONG_TABLE or (not shapes and _of_shapes(block))):
                parts.append(f"*{escaped(block.caption)}: see the report.*\n")
            else:
                parts.append(block_markdown(block, pictures, short=short))
    return "\n".join(parts), pictures


def _of_shapes(table: Table) -> bool:
    return table.caption.startswith("Shapes: ")
