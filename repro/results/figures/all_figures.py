"""All figures of a study, from whichever source."""

from repro.results.figures.default_figures import render_default
from repro.results.figures.matplotlib_renderer import MATPLOTLIB
from repro.results.figures.renderer import D, FigureRenderer
from repro.results.figures.requested_figures import Drawn, render_requested
from repro.results.figures.source import Source


def all_figures(source: Source) -> Drawn:
    """The figures by file name; those that the spec asks for come first and win over a name of ours."""
    return render_all(MATPLOTLIB, source)


def render_all(renderer: FigureRenderer[D], source: Source) -> dict[str, D]:
    """The same, drawn by another renderer."""
    drawn: dict[str, D] = {}
    for figure in source.spec.figures:
        drawn |= render_requested(renderer, source, figure)
    return {**drawn, **{n: f for n, f in render_default(renderer, source).items() if n not in drawn}}
