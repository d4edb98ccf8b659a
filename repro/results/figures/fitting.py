"""Texts that fit a figure: strangers write names and titles of any length, and a figure has its size."""

from textwrap import wrap

TITLE_LINES = 3
PER_INCH = 9.3
"""Characters of a title on an inch, as they are on average."""

NAME = 34
"""Characters of a name beside a line or a bar."""


def title_lines(title: str, characters: int) -> str:
    """A title in lines of so many characters, three at most; a longer one ends in an ellipsis.

    >>> title_lines("Reported against reproduced", 20).splitlines()
    ['Reported against', 'reproduced']
    """
    return "\n".join(wrap(title, characters, max_lines=TITLE_LINES, placeholder=" …"))


def title_over(title: str, wide: float) -> str:
    """A title over a figure of so many inches."""
    return title_lines(title, int(wide * PER_INCH))


def name_of(name: str, characters: int = NAME) -> str:
    """A name, its middle left out where it is too long: ends tell names apart as often as beginnings do.

    >>> name_of("M11, no batch norm"), name_of("abcdefghij", 7)
    ('M11, no batch norm', 'abc…hij')
    """
    name = " ".join(name.split())
    if len(name) <= characters:
        return name
    half = (characters - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
