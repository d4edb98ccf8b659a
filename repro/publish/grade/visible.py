"""Strangers' text made harmless to look at: what would move a cursor or turn a line round is shown as an escape."""

import re

MOST = 300
"""Characters of one text that are shown."""

# C0 and C1 controls, what joins or turns text without being seen, line and paragraph separators, halves of surrogates
# (bytes of a file's name that are no UTF-8), private use, non-characters.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
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
    return _MARKS.sub(r"\1", _HIDDEN.sub(_escape, cut))


def _escape(found: re.Match[str]) -> str:
    sign = found.group()
    if "\udc80" <= sign <= "\udcff":  # a byte that was no UTF-8
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode("ascii")
