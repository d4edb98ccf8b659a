"""The reference pages of the spec, taken apart: their examples, and the tables under their headings.

A fence of ``yaml`` is an example. A comment of MyST in the line above says how it is to be read:

- ``% name: digits``   a whole spec, to which others refer
- ``% base: sounds``   words that are laid over that spec, each the whole word; over `digits` by default
- ``% refused: TEXT``  may stand below: `check` refuses it, and says this
- ``% file: model.py`` above a fence of another language: a file that lies beside every example of its page
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "spec"

_FENCE = re.compile(r"((?:^%[^\n]*\n)*)^```(\w+)\n(.*?)^```$", re.M | re.S)
_COMMENT = re.compile(r"^% (\w+): (.*)$", re.M)
_WORD = re.compile(r"^([a-z_]+):", re.M)
_SPAN = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Example:
    """One fence: where it stands, its text, and what the comments above it say."""

    page: str
    line: int
    language: str
    text: str
    said: dict[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole spec."""
        return bool(re.search(r"^(paper|proposal):", self.text, re.M) and re.search(r"^experiments:", self.text, re.M))

    @property
    def file(self) -> str:
        """What the spec's file is called."""
        return "proposal.yaml" if re.search(r"^proposal:", self.text, re.M) else "paper.yaml"


def pages() -> list[Path]:
    """All pages, by name."""
    return sorted(PAGES.glob("*.md"))


def fences() -> list[Example]:
    """All fences of all pages."""
    return [one for page in pages() for one in _fences(page)]


def laid_over(base: str, words: str) -> str:
    """The base with each top-level word of ``words`` in the place of its own, or behind all."""
    parts = _parts(base) | _parts(words)
    return "".join(parts.values())


def table_rows(page: Path, heading: str) -> dict[str, list[str]]:
    """Rows of the first table under a heading: the code in the first cell, and all of the row's code spans."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found is not None, f"{page.name} has no heading {heading!r}"
    rows: dict[str, list[str]] = {}
    for line in found[1].splitlines():
        if line.startswith("|-"):
            rows.clear()  # what stood above was the header
        elif line.startswith("|"):
            spans = _SPAN.findall(line)
            first = _SPAN.match(line.removeprefix("|").strip())
            if first is not None:
                rows[first[1]] = spans
        elif rows:
            break
    return rows


def code_spans(page: Path) -> set[str]:
    """Everything that stands in code on a page, outside fences."""
    return set(_SPAN.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))))


def _parts(text: str) -> dict[str, str]:
    starts = [*_WORD.finditer(text)]
    ends = [one.start() for one in starts[1:]] + [len(text)]
    return {one[1]: text[one.start() : end].rstrip("\n") + "\n" for one, end in zip(starts, ends, strict=True)}


def _fences(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text[: found.start(3)].count("\n") + 1
        yield Example(page.name, line, found[2], found[3], dict(_COMMENT.findall(found[1])))
