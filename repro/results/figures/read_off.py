"""Points read off another paper's figure, as curves draw them."""

from collections.abc import Mapping, Sequence

import numpy as np

from repro.results.figures.curves import Curve
from repro.spec.points import FigurePoint, points_file, read_points
from repro.spec.problem import SpecError
from repro.spec.spec import Figure, Spec


def read_off(spec: Spec, figure: Figure) -> tuple[FigurePoint, ...]:
    """The points of a figure; none where it has no file, or the file is not there yet.

    Raises:
        SpecError: everything that the file has wrong, at its lines.

    """
    if figure.points is None:
        return ()
    file = points_file(spec.folder, figure.points)
    if not file.exists():
        return ()
    points, problems = read_points(file, spec.folder, bars=bars_of(spec, figure) if figure.kind == "bars" else None)
    if problems:
        raise SpecError(problems)
    return points


def bars_of(spec: Spec, figure: Figure) -> tuple[str, ...]:
    """The experiments that have a bar: those of its series, those named, else all."""
    named = tuple(name for names in figure.series.values() for name in names) or figure.experiments
    return named or tuple(spec.experiments)


def lines(points: Sequence[FigurePoint], names: Mapping[str, str]) -> list[Curve]:
    """The points line by line, x ascending; ``names`` gives a line its printed name."""
    by_line: dict[str, list[FigurePoint]] = {}
    for point in points:
        by_line.setdefault(point.series, []).append(point)
    curves = []
    for name, line_points in by_line.items():
        ordered = sorted(line_points, key=lambda point: point.x)
        x = np.array([point.x for point in ordered])
        error = None
        if any(point.reading_error is not None for point in ordered):
            error = np.array([point.reading_error or 0.0 for point in ordered])
        ys = np.array([[point.y for point in ordered]])
        curves.append(Curve(names.get(name, name), x, ys, points=True, reading_error=error))
    return curves


def origin(spec: Spec, figure: Figure) -> str:
    """What the points were read off, in a few words."""
    chosen = spec.extra.get("figure_to_reproduce") or {}
    if chosen.get("by") == figure.name:
        return f"{chosen.get('paper', '')}, {chosen.get('figure', '')}".strip(", ")
    return (figure.reproduces or "the original") if spec.kind == "proposal" else "the paper"
