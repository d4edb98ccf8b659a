"""A deck as .pptx: real titles and bullets, native tables and charts, pictures with alt text, speaker notes."""

import io
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Pt

from repro.publish.content.document_model import Table, Text, plain
from repro.publish.slides import layout
from repro.publish.slides.chart import add_chart
from repro.publish.slides.deck import Deck, Slide
from repro.publish.slides.measure import FONT, LINE
from repro.publish.slides.reproducible_zip import reproducible_zip
from repro.publish.slides.theme import BARE, BULLETS, FIRST, prepare

INK, SOFT, RULE, HEAD, STRIPE = "1A1A1A", "5C5C5C", "D9D9D9", "E8EEF3", "FFFFFF"
PROPERTY = 255
"""Characters that the format allows in a file's title and author."""

_SIDES = {"l": PP_ALIGN.LEFT, "r": PP_ALIGN.RIGHT, "c": PP_ALIGN.CENTER}


def to_pptx(deck: Deck) -> bytes:
    """The file; the same deck gives the same bytes."""
    presentation = Presentation()
    prepare(presentation)
    _first(presentation, deck)
    for slide in deck.slides:
        if slide.table is not None:
            _with_table(presentation, slide, slide.table)
        elif slide.picture is not None:
            _with_picture(presentation, slide)
        else:
            _with_bullets(presentation, slide)
    presentation.core_properties.title = _clean(deck.title)[:PROPERTY]
    presentation.core_properties.author = _clean(deck.facts[0])[:PROPERTY] if deck.facts else ""
    out = io.BytesIO()
    presentation.save(out)
    return reproducible_zip(out.getvalue())


def _first(presentation: Any, deck: Deck) -> None:
    page = presentation.slides.add_slide(presentation.slide_layouts[FIRST])
    title = layout.shown_title(deck.title)
    _fill(page.shapes.title.text_frame, [title], layout.title_size(title) + 6, bold=True)
    body = page.placeholders[1].text_frame
    _fill(body, list(deck.facts) or [""], 18)
    if not deck.facts:
        page.placeholders[1]._element.getparent().remove(page.placeholders[1]._element)
    page.notes_slide.notes_text_frame.text = _clean("\n".join(deck.facts) or deck.title)


def _titled(presentation: Any, slide: Slide, number: int) -> Any:
    page = presentation.slides.add_slide(presentation.slide_layouts[number])
    _fill(page.shapes.title.text_frame, [slide.title], layout.title_size(slide.title), bold=True)
    page.notes_slide.notes_text_frame.text = _clean(slide.notes or slide.title)
    return page


def _with_bullets(presentation: Any, slide: Slide) -> None:
    page = _titled(presentation, slide, BULLETS)
    size = layout.bullet_size(slide)
    frame = page.placeholders[1].text_frame
    _fill(frame, slide.bullets, size)
    for at, paragraph in enumerate(frame.paragraphs):
        paragraph.space_before = Pt(layout.BULLET_GAP * size if at else 0)


def _with_table(presentation: Any, slide: Slide, table: Table) -> None:
    page = _titled(presentation, slide, BARE)
    top = layout.BODY_TOP + _lead(page, slide)
    measured = layout.grid(table, layout.BODY_TOP + layout.BODY_HIGH - top)
    wide = sum(measured.columns)
    shape = page.shapes.add_table(
        len(table.rows) + 1, len(table.head), Pt(layout.LEFT), Pt(top), Pt(wide), Pt(measured.high)
    )
    _alt(shape, f"{table.caption}, {len(table.rows)} rows")
    grid = shape.table
    for at, column in enumerate(measured.columns):
        grid.columns[at].width = Pt(column)
    grid.rows[0].height = Pt(measured.head)
    for at, name in enumerate(table.head):
        _cell(grid.cell(0, at), name, measured.size, table.align[at], bold=True, fill=HEAD)
    for number, row in enumerate(table.rows, 1):
        grid.rows[number].height = Pt(measured.rows[number - 1])
        for at, cell in enumerate(row.cells):
            heavy = row.kind == "baseline" and at == 0
            _cell(grid.cell(number, at), plain(cell), measured.size, table.align[at], bold=heavy, fill=STRIPE)


def _with_picture(presentation: Any, slide: Slide) -> None:
    page = _titled(presentation, slide, BARE)
    picture = slide.picture
    assert picture is not None
    top = layout.BODY_TOP + _lead(page, slide)
    room = layout.BODY_TOP + layout.BODY_HIGH - top
    if slide.chart is not None:
        shape = add_chart(page, slide.chart, layout.LEFT, top, layout.BODY_WIDE, room)
    else:
        shape = page.shapes.add_picture(io.BytesIO((picture.projected or picture).png()), Pt(layout.LEFT), Pt(top))
        scale = min(Pt(layout.BODY_WIDE) / shape.width, Pt(room) / shape.height)
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
        shape.left = int((Pt(layout.WIDE) - shape.width) / 2)
    _alt(shape, picture.alt)


def _lead(page: Any, slide: Slide) -> float:
    """The line above, and how much room it takes."""
    if not slide.lead:
        return 0.0
    high = layout.lead_high(slide.lead)
    box = page.shapes.add_textbox(Pt(layout.LEFT), Pt(layout.BODY_TOP - 4), Pt(layout.BODY_WIDE), Pt(high))
    _bare(box.text_frame)
    _fill(box.text_frame, [" ".join(layout.lead_lines(slide.lead))], layout.LEAD_SIZE, colour=SOFT)
    return high


def _fill(frame: Any, texts: Any, size: float, *, bold: bool = False, colour: str = INK) -> None:
    """Texts as paragraphs, from the left."""
    frame.word_wrap = True
    for at, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.line_spacing, paragraph.alignment = Pt(size * LINE), PP_ALIGN.LEFT
        _runs(paragraph, text if isinstance(text, tuple) else (text,), size, bold=bold, colour=colour)


def _runs(paragraph: Any, text: Text, size: float, *, bold: bool, colour: str) -> None:
    run = paragraph.add_run()
    run.text = _clean(plain(text)) or "\u00a0"  # a line without letters would be as high as the program's own letters
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = RGBColor.from_string(colour)


def _cell(cell: Any, text: str, size: float, side: str, *, bold: bool, fill: str) -> None:
    cell.margin_left = cell.margin_right = Pt(layout.CELL_SIDE)
    cell.margin_top = cell.margin_bottom = Pt(layout.CELL_TOP)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(fill)
    _fill(cell.text_frame, text.split("\n"), size, bold=bold)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = _SIDES[side]


def _bare(frame: Any) -> None:
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0


def _alt(shape: Any, text: str) -> None:
    """What is read out where the shape cannot be seen."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", _clean(text)[:2000])


def _clean(text: str) -> str:
    """Without signs that XML cannot hold or that turn the order of letters."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
