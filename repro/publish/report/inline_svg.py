"""An SVG file as a part of a page: without its head, with names that no other picture of the page has."""

import hashlib
import re
from html import escape

_HEAD = re.compile(rb"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_IDS = re.compile(r'\bid="([^"]+)"')
_SIZE = re.compile(r'<svg\b[^>]*\bviewBox="([^"]+)"[^>]*>', re.DOTALL)


def inline_svg(drawn: bytes, name: str, alt: str) -> str:
    """A picture of ours for a page.

    Args:
        drawn: the SVG that :func:`repro.results.figures.style.to_svg` made.
        name: of the picture; no two on one page have the same.
        alt: read out where it is not seen.

    """
    made = _METADATA.sub("", _HEAD.sub(b"", drawn).decode("utf-8"))
    prefix = f"f{hashlib.sha256(name.encode()).hexdigest()[:8]}-"
    for old in set(_IDS.findall(made)):
        made = re.sub(rf'(\bid="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{prefix}{old}", made)
    found = _SIZE.search(made)
    assert found is not None, "every figure of ours has a viewBox"
    start = f'<svg class="figure" viewBox="{found[1]}" role="img" aria-label="{escape(alt)}" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return f"{start}{made[found.end() :].strip()}"
