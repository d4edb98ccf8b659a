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


def prepare(made: Any) -> None:
    """Turn python-pptx's 4:3 template into ours."""
    made.slide_width, made.slide_height = Pt(layout.WIDE), Pt(layout.HIGH)
    master = made.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _FONTS.sub(f'<a:latin typeface="{FONT}"'.encode(), theme.blob)
    _place_all(master.placeholders)
    for number, one in enumerate(made.slide_layouts):
        _place_all(one.placeholders, first=number == 0)
    unused = [one for number, one in enumerate(made.slide_layouts) if number not in _USED]
    for one in unused:
        _strip(one)


def _place_all(placeholders: Any, *, first: bool = False) -> None:
    for one in list(placeholders):
        kind = one.placeholder_format.type
        name = str(kind).partition(" ")[0].rpartition(".")[2]
        if name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
            one._element.getparent().remove(one._element)
        elif name in ("TITLE", "CENTER_TITLE"):
            top, high = (150.0, 130.0) if first else (layout.TITLE_TOP, layout.TITLE_HIGH)
            _put(one, top, high)
            _bare(one, "b")
        else:
            top, high = (296.0, 120.0) if first else (layout.BODY_TOP, layout.BODY_HIGH)
            _put(one, top, high)
            _bare(one, "t")


def _put(one: Any, top: float, high: float) -> None:
    one.left, one.top = Pt(layout.LEFT), Pt(top)
    one.width, one.height = Pt(layout.BODY_WIDE), Pt(high)


def _bare(one: Any, anchor: str) -> None:
    """No margins, no shrinking by the program: what fits was measured."""
    body = one._element.txBody.bodyPr
    for name in ("lIns", "rIns", "tIns", "bIns"):
        body.set(name, "0")
    body.set("anchor", anchor)
    for child in list(body):
        body.remove(child)
    for paragraph in one._element.txBody.xpath(".//a:lvl1pPr"):
        paragraph.set("algn", "l")


def _strip(one: Any) -> None:
    """A layout that no slide uses goes, with its part."""
    layouts = one.slide_master.slide_layouts
    layouts.remove(one)
