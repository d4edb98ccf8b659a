"""Blocks as HTML. All text is escaped here, whoever wrote it."""

from collections.abc import Callable
from html import escape
from pathlib import PurePath

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
    plain,
)
from repro.publish.content.web_link import is_web_link
from repro.publish.report.inline_svg import inline_svg
from repro.results.row import Verdict
from repro.spec.place import Place

SHORT = 14
"""A table of so few lines is not broken over two printed pages: a longer one would leave half a page empty."""

SENTENCE = 2
"""Lines that a sentence under a row takes."""

MARKS = {"": "", "ok": "fine: ", "note": "note: ", "bad": "wrong: "}
"""What a mark says to those who hear the page."""

_ALIGN = {"l": "", "r": ' class="r"', "c": ' class="c"'}
_GOOD = frozenset({str(Verdict.REPRODUCED), str(Verdict.EXCEEDS), "HOLDS"})
_BAD = frozenset({str(Verdict.NOT_REPRODUCED), str(Verdict.INVALID), "FAILS", "REVERSED"})


def block_html(block: Block) -> str:
    """One block."""
    for kind, make in _MAKERS:
        if isinstance(block, kind):
            return make(block)
    raise AssertionError(type(block))


def text_html(text: Text) -> str:
    """A line of text with its numbers and links."""
    return "".join(map(_span, text))


def _span(span: Span) -> str:
    if isinstance(span, Number):
        if not span.runs:
            return escape(span.text)
        count = f"from {len(span.runs)} run{'s' * (len(span.runs) != 1)}: {', '.join(span.runs[:12])}"
        more = f" and {len(span.runs) - 12} more" if len(span.runs) > 12 else ""
        return f'<a class="n" href="#records" title="{escape(count + more)}">{escape(span.text)}</a>'
    if isinstance(span, Link):
        if not is_web_link(span.url):
            return escape(span.text)
        return f'<a href="{escape(span.url)}" rel="noopener noreferrer">{escape(span.text)}</a>'
    if isinstance(span, Name):
        return f"<code>{escape(span.text)}</code>"
    return escape(span)


def _paragraph(block: Paragraph) -> str:
    word = f'<span class="mark">{MARKS[block.mark]}</span>' if block.mark else ""
    return f"<p{f' class={block.mark}' if block.mark else ''}>{word}{text_html(block.text)}</p>"


def _bullets(block: Bullets) -> str:
    return f"<ul>{''.join(f'<li>{text_html(item)}</li>' for item in block.items)}</ul>"


def _own(block: Own) -> str:
    paragraphs = [" ".join(part.split()) for part in block.text.split("\n\n")]
    return f'<div class="own">{"".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph)}</div>'


def _gap(block: Gap) -> str:
    message = f"<span>{escape(where(block.place))}: {escape(block.why)}</span>"
    return f'<p class="gap"><b>Still to be written.</b> {escape(block.question)} {message}</p>'


def where(place: Place) -> str:
    """A place without the folders before it."""
    name = PurePath(place.file).name
    return f"{name}:{place.line}" if place.line else name


def _table(block: Table) -> str:
    head = "".join(
        f'<th scope="col"{_ALIGN[side]}>{escape(name)}</th>' for name, side in zip(block.head, block.align, strict=True)
    )
    body = "".join(_row(row, block) for row in block.rows)
    notes = "".join(f'<p class="soft">{text_html(note)}</p>' for note in block.notes)
    return (
        f'<div class="scroll{" short" if _lines(block) <= SHORT else ""}" role="region" tabindex="0" '
        f'aria-label="{escape(block.caption)}"><table>'
        f"<caption>{escape(block.caption)}</caption><thead><tr>{head}</tr></thead>{body}</table></div>{notes}"
    )


def _lines(table: Table) -> int:
    return sum(1 + SENTENCE * bool(row.sentence) for row in table.rows)


def _row(row: Row, table: Table) -> str:
    cells = []
    for at, (cell, side) in enumerate(zip(row.cells, table.align, strict=True)):
        word = plain(cell).partition(" ")[2]
        colour = "good" if word in _GOOD else "bad" if word in _BAD else ""
        kind = f' class="{colour}"' if colour else _ALIGN[side]
        inside = text_html(cell).replace("\n", "<br>")
        cells.append(f'<th scope="row"{_ALIGN[side]}>{inside}</th>' if at == 0 else f"<td{kind}>{inside}</td>")
    below = (
        f'<tr class="said"><td colspan="{len(table.head)}">{text_html(row.sentence)}</td></tr>' if row.sentence else ""
    )
    return f"<tbody{' class=base' if row.kind == 'baseline' else ''}><tr>{''.join(cells)}</tr>{below}</tbody>"


def _picture(block: Picture) -> str:
    drawn = inline_svg(block.svg(), block.name, block.alt)
    return f"<figure>{drawn}<figcaption>{text_html(block.caption)}</figcaption></figure>"


_MAKERS: tuple[tuple[type, Callable[..., str]], ...] = (
    (Paragraph, _paragraph),
    (Bullets, _bullets),
    (Own, _own),
    (Gap, _gap),
    (Table, _table),
    (Picture, _picture),
)
