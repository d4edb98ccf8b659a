"""The look of the .pptx: 16:9, one font that every office program has, titles and text where the layout says."""

import re
from typing import Any

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Pt

from repro.publish.slides import layout
from repro.publish.slides.measure import FONT

_USED = (0, 1, 5)
"""Of python-pptx's layouts: the first slide's, title and text, title alone."""

FIRST, BULLETS, BARE = 0, 1, 2
"""Their numbers, once the others are gone."""

_FONTS = re.compile(rb'<a:latin typeface="[^"]*"')


def prepare(presentation: Any) -> None:
    """Turn python-pptx's 4:3 template into ours."""
    presentation.slide_width, presentation.slide_height = Pt(layout.WIDE), Pt(layout.HIGH)
    master = presentation.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _FONTS.sub(f'<a:latin typeface="{FONT}"'.encode(), theme.blob)
    _place_all(master.placeholders)
    for number, page_layout in enumerate(presentation.slide_layouts):
        _place_all(page_layout.placeholders, first=number == 0)
    unused = [page_layout for number, page_layout in enumerate(presentation.slide_layouts) if number not in _USED]
    for page_layout in unused:
        _strip(page_layout)


def _place_all(placeholders: Any, *, first: bool = False) -> None:
    for placeholder in list(placeholders):
        kind = placeholder.placeholder_format.type
        name = str(kind).partition(" ")[0].rpartition(".")[2]
        if name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
            placeholder._element.getparent().remove(placeholder._element)
        elif name in ("TITLE", "CENTER_TITLE"):
            top, high = (150.0, 130.0) if first else (layout.TITLE_TOP, layout.TITLE_HIGH)
            _put(placeholder, top, high)
            _bare(placeholder, "b")
        else:
            top, high = (296.0, 120.0) if first else (layout.BODY_TOP, layout.BODY_HIGH)
            _put(placeholder, top, high)
            _bare(placeholder, "t")


def _put(shape: Any, top: float, high: float) -> None:
    shape.left, shape.top = Pt(layout.LEFT), Pt(top)
    shape.width, shape.height = Pt(layout.BODY_WIDE), Pt(high)


def _bare(shape: Any, anchor: str) -> None:
    """No margins, no shrinking by the program: what fits was measured."""
    body = shape._element.txBody.bodyPr
    for name in ("lIns", "rIns", "tIns", "bIns"):
        body.set(name, "0")
    body.set("anchor", anchor)
    for child in list(body):
        body.remove(child)
    for paragraph in shape._element.txBody.xpath(".//a:lvl1pPr"):
        paragraph.set("algn", "l")


def _strip(element: Any) -> None:
    """A layout that no slide uses goes, with its part."""
    layouts = element.slide_master.slide_layouts
    layouts.remove(element)
