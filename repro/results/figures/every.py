"""All figures of a study, from whichever source."""

from repro.results.figures.always import always
from repro.results.figures.asked_for import Drawn, asked_for
from repro.results.figures.source import Source


def every(source: Source) -> Drawn:
    """The figures by file name; those that the spec asks for come first and win over a name of ours."""
    drawn: Drawn = {}
    for figure in source.spec.figures:
        drawn |= asked_for(source, figure)
    return {**drawn, **{n: f for n, f in always(source).items() if n not in drawn}}
