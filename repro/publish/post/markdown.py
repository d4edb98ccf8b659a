"""Blocks as Markdown in Reddit's dialect. All text is escaped here, whoever wrote it."""

import re

from repro.publish.content.document_model import (
    Block,
    Bullets,
    Gap,
    Link,
    Name,
    Number,
    Own,
    Paragraph,
    Picture,
    Row,
    Span,
    Table,
    Text,
)
from repro.publish.content.web_link import is_web_link

_SIGNS = re.compile(r"([\\`*_\[\]#|~^])")
_START = re.compile(r"^(\d*)([-+=.)]+)(?=\s|$)")
_MENTION = re.compile(r"(?<![\w\\])/?([ur])/(?=\w)")


def escaped(text: str) -> str:
    r"""Text that Reddit shows as it is, on one line.

    >>> print(escaped("a*b | 2^10 <b>"))
    a\*b \| 2\^10 &lt;b&gt;
    """
    line = " ".join(_visible(text).split())
    line = _SIGNS.sub(r"\\\1", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    line = _MENTION.sub("\\1\u200b/", line)
    return _START.sub(r"\1\\\2", line)


def block_markdown(block: Block, pictures: list[Picture], *, short: bool = False) -> str:
    """One block, ending with a line end; ``pictures`` collects those to upload, in order.

    Args:
        block: to be written.
        pictures: are numbered as they come.
        short: leave the sentences under the rows of tables out.

    """
    if isinstance(block, Paragraph):
        return f"{text_markdown(block.text)}\n"
    if isinstance(block, Bullets):
        return "".join(f"* {text_markdown(item)}\n" for item in block.items)
    if isinstance(block, Own):
        return "\n\n".join(escaped(part) for part in block.text.split("\n\n") if part.strip()) + "\n"
    if isinstance(block, Gap):
        return f"**\\[still to be written: {escaped(block.question)}\\]**\n"
    if isinstance(block, Picture):
        pictures.append(block)
        return (
            f"*Figure {len(pictures)}: {text_markdown(block.caption)}* **\\[insert picture {len(pictures)} here\\]**\n"
        )
    return _table(block, short=short)


def text_markdown(text: Text) -> str:
    """A line of text with its links."""
    return "".join(map(_span, text))


def _span(span: Span) -> str:
    if isinstance(span, Link):
        if not is_web_link(span.url):
            return escaped(span.text)
        name = "link" if span.text == span.url else escaped(span.text)
        return f"[{name}]({span.url.replace('(', '%28').replace(')', '%29')})"
    if isinstance(span, Name):
        return f"**{escaped(span.text)}**"
    text = span.text if isinstance(span, Number) else span
    if not text.strip():
        return " " if text else ""
    return f"{' ' * text[:1].isspace()}{escaped(text)}{' ' * text[-1:].isspace()}"


def _table(block: Table, *, short: bool) -> str:
    sides = {"l": ":--", "r": "--:", "c": ":-:"}
    lines = [f"**{escaped(block.caption)}**\n"]
    lines.append(f"|{'|'.join(escaped(name) or ' ' for name in block.head)}|")
    lines.append(f"|{'|'.join(sides[side] for side in block.align)}|")
    lines += [_row(row) for row in block.rows]
    sentences = [(row.cells[0], row.sentence) for row in block.rows if row.sentence]
    if sentences and not short:
        lines.append("")
        lines += [f"* {text_markdown(name)}: {text_markdown(sentence)}" for name, sentence in sentences]
    lines += [f"\n{text_markdown(note)}" for note in block.notes]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> str:
    cells = [text_markdown(cell) or " " for cell in row.cells]
    if row.kind == "baseline":  # in bold goes the first cell that holds anything
        first = next((i for i, cell in enumerate(cells) if cell.strip()), None)
        if first is not None:
            cells[first] = f"**{cells[first]}**"
    return f"|{'|'.join(cells)}|"


def _visible(text: str) -> str:
    """Without signs that steer a terminal or turn the order of letters."""
    return "".join(sign for sign in text if sign.isprintable() or sign.isspace())
