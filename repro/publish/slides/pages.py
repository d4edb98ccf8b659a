"""The same deck as pages of HTML, one for each slide, for a PDF without an office program."""

from html import escape
from importlib.resources import files

from repro.publish.content.document_model import Table, plain
from repro.publish.report.inline_svg import inline_svg
from repro.publish.slides import layout
from repro.publish.slides.deck import Deck, Slide
from repro.publish.slides.measure import LINE


def pages(deck: Deck) -> str:
    """One HTML file whose printed pages are the slides, measured as those of the .pptx."""
    style = (files("repro.publish.slides") / "slides.css").read_text(encoding="utf-8")
    title = layout.shown_title(deck.title)
    facts = "".join(f"<p>{escape(fact)}</p>" for fact in deck.facts)
    first = (
        f'<section class="first"><h1 style="font-size:{layout.title_size(title) + 6:g}pt">{escape(title)}</h1>{facts}'
        "</section>"
    )
    rest = "".join(_page(slide, number) for number, slide in enumerate(deck.slides, 2))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(deck.title)}</title>'
        f"<style>{style}</style></head><body>{first}{rest}</body></html>"
    )


def _page(slide: Slide, number: int) -> str:
    size = layout.title_size(slide.title)
    lead = ""
    if slide.lead:
        lead_html = "<br>".join(map(escape, layout.lead_lines(slide.lead)))
        lead = f'<p class="lead" style="font-size:{layout.LEAD_SIZE:g}pt">{lead_html}</p>'
    top = layout.BODY_TOP + layout.lead_high(slide.lead)
    room = layout.BODY_TOP + layout.BODY_HIGH - top
    if slide.table is not None:
        body = _table(slide.table, room)
    elif slide.picture is not None:
        picture = slide.picture.projected or slide.picture
        drawn = inline_svg(picture.svg(), f"{number}-{picture.name}", picture.alt, fit=(layout.BODY_WIDE, room))
        body = f'<div class="picture">{drawn}</div>'
    else:
        letters = layout.bullet_size(slide)
        items = "".join(f"<li>{escape(plain(bullet))}</li>" for bullet in slide.bullets)
        body = f'<ul style="font-size:{letters:g}pt">{items}</ul>'
    return (
        f'<section><h2 style="font-size:{size:g}pt"><span>{escape(slide.title)}</span></h2>'
        f'{lead}<div class="body" style="top:{top:g}pt">{body}</div><p class="number">{number}</p></section>'
    )


def _table(table: Table, room: float) -> str:
    measured = layout.grid(table, room)
    columns = "".join(f'<col style="width:{wide:.2f}pt">' for wide in measured.columns)
    sides = {"l": "left", "r": "right", "c": "center"}

    def cells(tag: str, texts: list[str]) -> str:
        return "".join(
            f'<{tag} style="text-align:{sides[side]}">{escape(text).replace(chr(10), "<br>")}</{tag}>'
            for text, side in zip(texts, table.align, strict=True)
        )

    head = cells("th", list(table.head))
    rows = "".join(
        f"<tr{' class=base' if row.kind == 'baseline' else ''}>{cells('td', [plain(cell) for cell in row.cells])}</tr>"
        for row in table.rows
    )
    return (
        f'<table style="font-size:{measured.size:g}pt;line-height:{LINE:g};width:{sum(measured.columns):.2f}pt">'
        f"<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
