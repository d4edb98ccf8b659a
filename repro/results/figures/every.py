"""All figures of a study, from whichever source."""

from repro.results.figures.always import always_with
from repro.results.figures.asked_for import Drawn, asked_for_with
from repro.results.figures.ink import INK
from repro.results.figures.pen import D, Pen
from repro.results.figures.source import Source


def every(source: Source) -> Drawn:
    """The figures by file name; those that the spec asks for come first and win over a name of ours."""
    return every_with(INK, source)


def every_with(pen: Pen[D], source: Source) -> dict[str, D]:
    """The same, drawn by another pen."""
    drawn: dict[str, D] = {}
    for figure in source.spec.figures:
        drawn |= asked_for_with(pen, source, figure)
    return {**drawn, **{n: f for n, f in always_with(pen, source).items() if n not in drawn}}
