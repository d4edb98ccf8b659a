"""How wide a text is, by the metrics of Helvetica, which Arial and Liberation Sans share."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import matplotlib as mpl

FONT = "Arial"
LINE = 1.2
"""Height of a line, in sizes of its letters."""

_GLYPH = re.compile(r"^C (-?\d+) ; WX (\d+) ; N (\w+) ;", re.MULTILINE)
_NAMES = {
    "–": "endash", "—": "emdash", "−": "minus", "±": "plusminus", "×": "multiply", "·": "periodcentered",
    "’": "quoteright", "‘": "quoteleft", "“": "quotedblleft", "”": "quotedblright", "…": "ellipsis", "ä": "adieresis",
    "ö": "odieresis", "ü": "udieresis", "Ä": "Adieresis", "Ö": "Odieresis", "Ü": "Udieresis", "ß": "germandbls",
    "é": "eacute", "è": "egrave", "á": "aacute", "à": "agrave", "ç": "ccedilla", "ñ": "ntilde", "½": "onehalf",
    "°": "degree", "µ": "mu", "•": "bullet",
}  # fmt: skip


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line, in points.

    >>> width("iii", 10), width("MMM", 10)
    (6.66, 24.99)
    """
    known, widest = _widths(bold)
    return round(sum(known.get(sign, widest) for sign in text) * size / 1000, 4)


def lines(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """A text in lines of at most ``room`` points, broken at spaces; a word that is too long is broken anywhere."""
    return list(_lines(text, size, room, bold))


@lru_cache(4096)
def _lines(text: str, size: float, room: float, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    space = width(" ", size, bold=bold)
    for paragraph in text.split("\n"):
        line, wide = "", 0.0
        for word, long in _words(paragraph, size, room, bold=bold):
            if line and wide + space + long > room:
                lines.append(line)
                line, wide = word, long
            else:
                line, wide = (f"{line} {word}", wide + space + long) if line else (word, long)
        lines.append(line)
    return tuple(lines)


def height(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """Height of a text that is broken into lines, in points."""
    return len(lines(text, size, room, bold=bold)) * size * LINE


def _words(paragraph: str, size: float, room: float, *, bold: bool) -> Iterator[tuple[str, float]]:
    """Words and their widths; one that is wider than a line comes in pieces."""
    known, widest = _widths(bold)
    for word in paragraph.split():
        start, wide = 0, 0.0
        for at, sign in enumerate(word):
            more = known.get(sign, widest) * size / 1000
            if at > start and wide + more > room:
                yield word[start:at], wide
                start, wide = at, 0.0
            wide += more
        yield word[start:], wide


@cache
def _widths(bold: bool) -> tuple[dict[str, int], int]:
    """Thousandths of the size by letter, and what is taken for letters that the font's file does not have."""
    path = Path(mpl.get_data_path()) / "fonts" / "afm" / ("phvb8a.afm" if bold else "phvr8a.afm")
    glyphs = _GLYPH.findall(path.read_text(encoding="latin-1"))
    by_name = {name: int(wide) for _, wide, name in glyphs}
    known = {chr(int(code)): int(wide) for code, wide, _ in glyphs if 0 < int(code) < 127}
    known |= {sign: by_name[name] for sign, name in _NAMES.items() if name in by_name}
    known |= {"'": known.get("'", 222), "`": 333, "\u00a0": 278, "\t": 556}
    return known, 1000
