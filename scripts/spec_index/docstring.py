"""Docstrings -> one plain sentence for a class and for each argument, shown by editors."""

import inspect
import re

LONGEST = 160
_ROLE = re.compile(r":[a-z:]+:`([^`]*)`")
_LINK = re.compile(r"`([^`<]*)\s*<[^`>]*>`_{0,2}")
_GOOGLE = re.compile(r"^ {0,8}\*{0,2}(\w+)\*{0,2}\s*(?:\([^)]*(?:\([^)]*\)[^)]*)*\))?\s*: +(\S.*)$")
_NUMPY = re.compile(r"^(\w+(?:, \w+)*) : (.*)$")


def first_sentence(text: str) -> str:
    """The first sentence of a text without markup, cut at a word.

    >>> first_sentence("Applies a 1D convolution over an input signal. More.")
    'Applies a 1D convolution over an input signal.'
    """
    paragraphs = [p for p in inspect.cleandoc(text or "").split("\n\n") if not p.startswith(("__init__(", ".. "))]
    paragraph = paragraphs[0] if paragraphs else ""
    paragraph = _LINK.sub(r"\1", _ROLE.sub(r"\1", paragraph))
    paragraph = " ".join(paragraph.replace("``", "").replace("`", "").replace("\\", "").split())
    sentence = re.split(r"(?<=[^.]{3}\.) ", paragraph, maxsplit=1)[0]
    if len(sentence) > LONGEST:
        sentence = sentence[:LONGEST].rsplit(" ", 1)[0] + " ..."
    return sentence


def argument_docs(doc: str) -> dict[str, str]:
    """Argument -> its sentence, from a Google or a numpy docstring."""
    lines = inspect.cleandoc(doc or "").splitlines()
    found: dict[str, str] = {}
    for at, line in enumerate(lines):
        if match := _NUMPY.match(line):
            text = _indented(lines[at + 1 :], more_than=0)
            for name in match.group(1).split(", "):
                found.setdefault(name, first_sentence(text))
        elif match := _GOOGLE.match(line):
            indent = len(line) - len(line.lstrip())
            text = match.group(2) + " " + _indented(lines[at + 1 :], more_than=indent)
            found.setdefault(match.group(1), first_sentence(text))
    return {name: text for name, text in found.items() if text}


def _indented(lines: list[str], more_than: int) -> str:
    taken = []
    for line in lines:
        if not line.strip() or len(line) - len(line.lstrip()) <= more_than:
            break
        taken.append(line.strip())
    return " ".join(taken)
