"""Strangers' text made harmless to look at: what would move a cursor or turn a line round is shown as an escape."""

import re
import unicodedata

MOST = 300
"""Characters of one text that are shown."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's categories of what is not seen: controls, what turns or joins text, halves of surrogates (bytes of a file's
name that are no UTF-8), ends of lines, and what has no form at all.
"""
_JOINERS = "\u200c\u200d"
"""Without these some scripts cannot be written."""

_STACKED = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_MARKS = re.compile(f"([{_STACKED}]{{3}})[{_STACKED}]+")
"""Marks above and below a letter; more than three would cover the lines around it."""


def visible(text: str, most: int = MOST) -> str:
    r"""The text on one line, cut, with everything unseen written out.

    >>> visible("a\nb\x1b[2J"), visible("to\u202egpj.exe")
    ('a\\nb\\x1b[2J', 'to\\u202egpj.exe')
    >>> visible("n" * 400, most=10)
    'nnnnnnnnn…'
    """
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    if cut.isascii() and cut.isprintable():
        return cut
    return _MARKS.sub(r"\1", "".join(map(_seen, cut)))


def _seen(sign: str) -> str:
    if unicodedata.category(sign) not in _UNSEEN or sign in _JOINERS:
        return sign
    if "\udc80" <= sign <= "\udcff":  # a byte that was no UTF-8
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode("ascii")
