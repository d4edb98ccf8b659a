"""A figure as text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sketch:
    """An SVG with its title, what its signs mean, and its numbers in words for those who do not see it."""

    svg: str
    title: str
    note: str
    alt: str
