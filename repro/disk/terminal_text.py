"""Text that may be a stranger's, made harmless to a terminal."""

import re

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
    "|\r(?!\n)"
)
"""Controls but tab and line feed, what turns the direction of text or cannot be seen at all, halves of pairs."""


def terminal_safe(text: str) -> str:
    r"""The text with each character that a terminal would obey written out, as JSON writes it.

    >>> terminal_safe("a\x1b[2Jb\n"), terminal_safe("to\u202egpj.exe"), terminal_safe("\x9b1m")
    ('a\\u001b[2Jb\n', 'to\\u202egpj.exe', '\\u009b1m')
    """
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub(_written_out, text)


def _written_out(match: "re.Match[str]") -> str:
    code = ord(match[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
