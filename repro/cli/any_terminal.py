"""Output that goes to any terminal or pipe: what its encoding cannot show is replaced, and nothing ends for it."""

import io
import json
import re
import sys

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def replace_what_cannot_be_shown() -> None:
    """Have both outputs of this process put ``?`` for a character that they cannot take, such as half of a pair."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_json(text: str) -> None:
    """Print JSON, which loses nothing on its way: what the output cannot take stands as an escape."""
    sys.stdout.write(escaped(text, sys.stdout.encoding or "ascii"))


def escaped(text: str, encoding: str) -> str:
    r"""JSON in characters that the encoding has; the same values when it is read.

    >>> escaped('{"title": "\u97f3"}', "latin-1"), escaped('["\xe9"]', "latin-1") == '["\xe9"]'
    ('{"title": "\\u97f3"}', True)
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return text
