"""Which figures the spec asks for and did not get, and why: none is left out in silence."""

from collections.abc import Collection

from repro.results.figures.requested_figures import main_key, members, title, x_axis_of
from repro.results.figures.source import Source
from repro.results.metric_info import UnknownMetric, metric_info
from repro.results.wording import listed
from repro.spec.spec import Figure


def missing_figures(source: Source, drawn: Collection[str]) -> tuple[str, ...]:
    """One sentence for each figure of the spec, or part of it, that is not there; in the spec's order.

    Args:
        source: what the figures were drawn from.
        drawn: their file names without ending.

    """
    sentences: list[str] = []
    for figure in source.spec.figures:
        sentences += _confusion(source, figure, drawn) if figure.kind == "confusion" else _other(source, figure, drawn)
    return tuple(f"{figure_said} is not drawn" for figure_said in sentences)


def _confusion(source: Source, figure: Figure, drawn: Collection[str]) -> list[str]:
    named = members(source, figure)
    missing = [name for _, name in named if _file(figure, name, len(named)) not in drawn]
    return [f"{figure.name}: {_why_no_counts(source, name)}, so its confusion matrix" for name in missing]


def _file(figure: Figure, name: str, count: int) -> str:
    return figure.name if count == 1 else f"{figure.name}-{name}"


def _why_no_counts(source: Source, name: str) -> str:
    shown = title(source.spec, name)
    if not source.has_curves(name):
        return f"{shown} has no finished run"
    if all(label.kind != "class" for label in source.spec.experiments[name].labels.values()):
        return f"{shown} predicts no classes"
    return f"of {shown} no predictions are there, or its runs do not say which classes they are of"


def _other(source: Source, figure: Figure, drawn: Collection[str]) -> list[str]:
    spec = source.spec
    names = [name for _, name in members(source, figure)]
    finished = [name for name in names if source.has_curves(name)]
    if figure.name not in drawn:
        return [f"{figure.name}: {_why(source, figure, finished)}, so it"]
    if figure.kind != "curve":
        return []
    keys = figure.y or (main_key(spec, figure, finished[0]),)
    lacking = [n for n in finished if not any(source.curve("", n, key, x_axis_of(figure)) for key in keys)]
    return [f"{figure.name}: no history was kept of {_titles(source, lacking)}, whose line"] if lacking else []


def _why(source: Source, figure: Figure, finished: list[str]) -> str:
    spec = source.spec
    if not finished:
        return "none of its experiments has a finished run"
    keys = figure.y or (main_key(spec, figure, finished[0]),)
    unknown = [key for key in keys if not any(_measures(source, name, key) for name in finished)]
    if unknown:
        return f"{listed(unknown)} is measured by none of {_titles(source, finished)}"
    if figure.kind == "curve":
        return f"no history of {listed(keys)} was kept of {_titles(source, finished)}"
    if figure.split_by == "fold":
        return f"{_titles(source, finished)} ran without folds"
    return f"{_titles(source, finished)} gave no number for {listed(keys)}"


def _measures(source: Source, name: str, key: str) -> bool:
    try:
        metric_info(source.spec.experiments[name], key, source.spec.folder)
    except UnknownMetric:
        return False
    return True


def _titles(source: Source, names: list[str]) -> str:
    return listed([title(source.spec, name) for name in names])
