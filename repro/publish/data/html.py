"""Sections as HTML. All text is escaped here; what is put together from the results is safe to show."""

from collections.abc import Sequence
from html import escape

from repro.publish.data.section import Line, Mark, Table

OPEN = 8
"""So many names stand open below a line; more are folded away behind their number."""

WORDS: dict[Mark, str] = {"": "", "ok": "fine: ", "note": "note: ", "bad": "wrong: "}
"""What a mark says to those who hear the page."""


def lines_html(lines: Sequence[Line]) -> str:
    """Lines as a list."""
    return f'<ul class="lines">{"".join(map(_line, lines))}</ul>' if lines else ""


def table_html(table: Table) -> str:
    """A table with its caption, in a box that scrolls by itself where it is too wide."""
    bare = not any(table.head)
    head = "".join(
        f'<th scope="col"{_side(at, table)}>{escape(text) or "&nbsp;"}</th>' for at, text in enumerate(table.head)
    )
    rows = []
    for number, row in enumerate(table.rows):
        last = not bare and number == len(table.rows) - 1 and row[0] == "all"
        cells = "".join(f"<td{_side(at, table)}>{escape(cell)}</td>" for at, cell in enumerate(row[1:], 1))
        rows.append(f'<tr{" class=sum" if last else ""}><th scope="row">{escape(row[0])}</th>{cells}</tr>')
    caption = f"<caption{' class=mark' if bare else ''}>{escape(table.caption)}</caption>"
    body = f"<tbody>{''.join(rows)}</tbody>"
    top = "" if bare else f"<thead><tr>{head}</tr></thead>"
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.caption)}">'
        f"<table{' class=facts' if bare else ''}>{caption}{top}{body}</table></div>"
    )


def figure_html(name: str, about: Sequence[str], drawn: str, uri: str = "") -> str:
    """A picture with its caption below, and a player where there is a sound."""
    spans = "".join(f"<span>{escape(text)}</span>" for text in about if text)
    player = f'<audio controls preload="none" aria-label="{escape(name)}" src="{uri}"></audio>' if uri else ""
    return f"<figure>{drawn}<figcaption><b>{escape(name)}</b>{spans}</figcaption>{player}</figure>"


def _line(line: Line) -> str:
    word = f'<span class="mark">{WORDS[line.mark]}</span>' if line.mark else ""
    names = f"<ul>{''.join(f'<li>{escape(name)}</li>' for name in line.names)}</ul>" if line.names else ""
    if len(line.names) > OPEN:
        names = f"<details><summary>all {len(line.names):,}</summary>{names}</details>"
    return f'<li class="{line.mark or "plain"}">{word}{escape(line.text)}{names}</li>'


def _side(at: int, table: Table) -> str:
    return "" if at < table.left else ' class="n"'
