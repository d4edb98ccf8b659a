"""Fonts for letters that the style's own font lacks: one of this machine's is found and used, or its name is said."""

import logging
import sys
import unicodedata
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

OWN = "DejaVu Sans"
"""The font of the style. It comes with matplotlib, so that figures without other letters are the same everywhere."""

_FIRST = ("notosanscjk", "notosans-regular", "notosans", "noto", "")
"""Which of several fonts is tried first, by the beginning of its file's name."""

_LATE = ("italic", "oblique", "bold", "black", "light", "thin", "medium", "condensed", "mono", "serif", "emoji")
"""Parts of the names of fonts that are tried after plain ones."""

_PACKAGES = {
    "CJK": "fonts-noto-cjk", "HIRAGANA": "fonts-noto-cjk", "KATAKANA": "fonts-noto-cjk", "HANGUL": "fonts-noto-cjk",
}  # fmt: skip
_OTHERS = "fonts-noto-core"

_said: set[str] = set()

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # that a fallback has no bold face is no news


def families(letters: frozenset[str]) -> list[str]:
    """The style's font and those of this machine that have the letters which it lacks, in a fixed order.

    What no font has is said once, on standard error, with what to install.
    """
    lacking = {letter for letter in letters if ord(letter) not in _own() and _is_drawn(letter)}
    names = [OWN]
    for path in _by_preference() if lacking else ():
        has = _letters(path)
        if any(ord(letter) in has for letter in lacking):
            font_manager.fontManager.addfont(path)
            names.append(font_manager.FontProperties(fname=path).get_name())
            lacking = {letter for letter in lacking if ord(letter) not in has}
        if not lacking:
            break
    _say(lacking)
    return names


def use_fonts(figure: Figure) -> bool:
    """Let the texts of a figure take letters that their font lacks from other fonts; False where none is lacking."""
    texts = [artist for artist in figure.findobj(Text) if isinstance(artist, Text)]
    letters = frozenset("".join(text.get_text() for text in texts))
    if all(map(str.isascii, letters)):
        return False
    names = families(letters)
    if len(names) > 1:
        for text in texts:
            text.set_fontfamily(names)
    return len(names) > 1


def _is_drawn(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "CZ"


@cache
def _own() -> frozenset[int]:
    return _letters(font_manager.findfont(OWN))


@cache
def _by_preference() -> tuple[str, ...]:
    def order(path: str) -> tuple[int, int, str]:
        name = Path(path).name.lower()
        first = next(at for at, begin in enumerate(_FIRST) if name.startswith(begin))
        return sum(part in name for part in _LATE), first, name

    return tuple(sorted(font_manager.findSystemFonts(), key=order))


@cache
def _letters(path: str) -> frozenset[int]:
    """The letters of a font; none of a file that is no font which can be drawn."""
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return frozenset()


def _say(lacking: set[str]) -> None:
    packages = {_package(letter) for letter in lacking} - _said
    if packages:
        _said.update(packages)
        shown = "".join(sorted(lacking)[:8])
        message = f"note: no font of this machine has {shown!r}, which figures show as boxes"
        sys.stderr.write(f"{message}; install {' and '.join(sorted(packages))}\n")


def _package(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((package for begin, package in _PACKAGES.items() if name.startswith(begin)), _OTHERS)
