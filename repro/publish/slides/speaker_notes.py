"""Blocks as a talk has them: short lines on a slide, everything in its notes."""

import re
from collections.abc import Iterable

from repro.publish.content.document_model import Block, Bullets, Gap, Own, Paragraph, Table, Text, plain, runs_of, text

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ0-9\"'])")


def sentences(text: str) -> list[str]:
    """A text sentence by sentence.

    >>> sentences("One.  Two is 2.5 long! 3 too")
    ['One.', 'Two is 2.5 long!', '3 too']
    """
    return _SENTENCE.split(" ".join(text.split()))


def bullets(blocks: Iterable[Block]) -> tuple[Text, ...]:
    """Bullets out of blocks; a person's paragraphs sentence by sentence."""
    texts: list[Text] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(block.text)
        elif isinstance(block, Bullets):
            texts += block.items
        elif isinstance(block, Own):
            texts += [text(part) for part in sentences(block.text)]
        elif isinstance(block, Gap):
            texts.append(text(f"[still to be written: {block.question}]"))
    return tuple(texts)


def notes(blocks: Iterable[Block]) -> str:
    """Blocks as plain text for the notes, with the runs behind the numbers."""
    parts: list[str] = []
    sources: dict[str, None] = {}
    for block in blocks:
        if isinstance(block, Own):
            parts.append(block.text)
        elif isinstance(block, Paragraph):
            parts.append(plain(block.text))
        elif isinstance(block, Bullets):
            parts += [f"- {plain(item)}" for item in block.items]
        elif isinstance(block, Gap):
            parts.append(f"[still to be written: {block.question}]")
        elif isinstance(block, Table):
            parts.append(block.caption)
            parts += [
                " | ".join(part for cell in row.cells if (part := plain(cell)))
                + (f"\n  {plain(row.sentence)}" if row.sentence else "")
                for row in block.rows
            ]
            sources |= dict.fromkeys(run for row in block.rows for cell in row.cells for run in runs_of(cell))
    text = "\n".join(parts)
    return text + (f"\n\nNumbers from the records of: {', '.join(sources)}" if sources else "")
