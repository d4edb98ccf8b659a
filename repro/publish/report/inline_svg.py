"""An SVG file as a part of a page: without its head, with names that no other picture of the page has."""

import hashlib
import re
from html import escape

_PIXELS = 96 / 72
"""An inch of a figure is 96 pixels of a page, so that all figures have letters of one size."""

_HEAD = re.compile(rb"^.*?(?=<svg)", re.DOTALL)
_NOT_DRAWN = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_IDS = re.compile(r'\bid="([^"]+)"')
_DATA = re.compile(r"data:image/png;base64,[^\"]+")
_SIZE = re.compile(r'<svg\b[^>]*\bviewBox="([^"]+)"[^>]*>', re.DOTALL)


def inline_svg(drawn: bytes, name: str, alt: str, *, fit: tuple[float, float] | None = None) -> str:
    """A picture of ours for a page.

    Args:
        drawn: the SVG that :func:`repro.results.figures.style.to_svg` made.
        name: of the picture; no two on one page have the same.
        alt: read out where it is not seen.
        fit: width and height in points that it fills as far as its shape allows; without it, its own size at most.

    """
    svg = _NOT_DRAWN.sub("", _HEAD.sub(b"", drawn).decode("utf-8")).replace("xlink:href=", "href=")
    svg = _DATA.sub(lambda match: "".join(match[0].split()), svg)  # some programs stop at a line end in it
    prefix = f"f{hashlib.sha256(name.encode()).hexdigest()[:8]}-"
    for old in set(_IDS.findall(svg)):
        svg = re.sub(rf'(\bid="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{prefix}{old}", svg)
    size_match = _SIZE.search(svg)
    assert size_match is not None, "every figure of ours has a viewBox"
    own = [float(number) for number in size_match[1].split()[2:]]
    size = f"max-width:{own[0] * _PIXELS:.0f}px"
    if fit is not None:
        scale = min(fit[0] / own[0], fit[1] / own[1])
        size = f"width:{own[0] * scale:.1f}pt;height:{own[1] * scale:.1f}pt"
    start = f'<svg class="figure" viewBox="{size_match[1]}" style="{size}" role="img" aria-label="{escape(alt)}">'
    return f"{start}{svg[size_match.end() :].strip()}"
