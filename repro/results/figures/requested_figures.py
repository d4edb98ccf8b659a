"""The figures that a spec asks for, the paper's own among them, drawn from whichever source."""

import matplotlib.figure

from repro.results.figures.bars import Mark
from repro.results.figures.curves import Curve
from repro.results.figures.matplotlib_renderer import MATPLOTLIB
from repro.results.figures.read_off import lines, origin, read_off
from repro.results.figures.renderer import D, FigureRenderer
from repro.results.figures.source import Shown, Source, XAxis
from repro.results.figures.spec_value import spec_value
from repro.results.figures.sweep import Stop
from repro.results.metric_info import MetricInfo, UnknownMetric, metric_info, split_key
from repro.spec.spec import Figure, Spec

Drawn = dict[str, matplotlib.figure.Figure]


def requested_figures(source: Source, figure: Figure) -> Drawn:
    """Draw one figure of the spec, as ``{file name without ending: Figure}``; empty where nothing is known for it."""
    return render_requested(MATPLOTLIB, source, figure)


def render_requested(renderer: FigureRenderer[D], source: Source, figure: Figure) -> dict[str, D]:
    """The same, drawn by another renderer."""
    draw = {"curve": _curve, "bars": _bars, "sweep": _sweep}.get(figure.kind)
    if draw is None:
        return _confusion(renderer, source, figure)
    figures = draw(renderer, source, figure)
    return {} if figures is None else {figure.name: figures}


def title_of(spec: Spec, figure: Figure) -> str:
    """The printed title: the name in words, and what it reproduces."""
    words = figure.name.replace("-", " ").replace("_", " ")
    name = words[:1].upper() + words[1:]
    if spec.kind == "proposal":
        return f"{name} (after {figure.reproduces})" if figure.reproduces else name
    return f"{name} (the paper's {figure.reproduces})" if figure.reproduces else name


def axis_label(metric: MetricInfo, unit: str = "") -> str:
    """An axis label with its unit, such as ``test Accuracy (%)``."""
    unit = unit or metric.natural_unit
    shown = {"percent": " (%)", "fraction": "", "count": "", "": ""}.get(unit, f" ({unit})")
    return f"{metric.view} {metric.name}{shown}".strip()


def members(source: Source, figure: Figure) -> list[tuple[str, str]]:
    """``(printed name, experiment)`` of what a figure shows: its series, its experiments, else all that there are."""
    spec = source.spec
    if figure.series:
        return [
            (group if len(names) == 1 else f"{group}: {title(spec, name)}", name)
            for group, names in figure.series.items()
            for name in names
        ]
    names = figure.experiments or source.experiments
    return [(title(spec, name), name) for name in names]


def title(spec: Spec, name: str) -> str:
    """The printed name of an experiment."""
    return spec.experiments[name].title or name


def main_key(spec: Spec, figure: Figure, name: str) -> str:
    """The first metric of a figure; the main one of an experiment where the figure names none."""
    return figure.y[0] if figure.y else f"test/{spec.experiments[name].main_metric}"


def x_axis_of(figure: Figure) -> XAxis:
    """What the x of a curve counts."""
    return "epoch" if (figure.x or "").startswith("epoch") else "step"


def _curve(renderer: FigureRenderer[D], source: Source, figure: Figure) -> D | None:
    spec = source.spec
    shown = [(label, name) for label, name in members(source, figure) if source.has_curves(name)]
    if not shown:
        return None
    keys = figure.y or (main_key(spec, figure, shown[0][1]),)
    x_axis = x_axis_of(figure)
    drawn: list[Curve] = []
    with_line: set[str] = set()
    label = ""
    for key in keys:
        view = split_key(key)[0]
        for name, experiment in shown:
            try:
                metric = metric_info(spec.experiments[experiment], key, spec.folder)
            except UnknownMetric:
                continue
            named = name if len(keys) == 1 else view if len(shown) == 1 else f"{name}, {view}"
            course = source.curve(named, experiment, metric.key, x_axis)
            if course is not None:
                drawn.append(course)
                with_line.add(experiment)
                label = label or axis_label(metric)
                if len(keys) > 1:
                    label = axis_label(MetricInfo("", metric.name, "", "max", metric.proportion, False))
    if not drawn:
        return None
    return renderer.learning_curves(
        [*drawn, *_lines(spec, figure)],
        title=title_of(spec, figure),
        x_label="training epochs" if x_axis == "epoch" else "training steps",
        y_label=label,
        y_range=figure.y_range,
        log=figure.log,
        read_off=origin(spec, figure),
        level=None if spec.baseline in with_line else _baseline(source, keys[0]),
    )


def _lines(spec: Spec, figure: Figure) -> list[Curve]:
    return lines(read_off(spec, figure), {name: title(spec, name) for name in spec.experiments})


def _bars(renderer: FigureRenderer[D], source: Source, figure: Figure) -> D | None:
    spec = source.spec
    named = [name for _, name in members(source, figure)] if figure.series or figure.experiments else None
    key = main_key(spec, figure, spec.baseline)
    measured_pairs = [
        (name, shown) for name in (named or spec.experiments) if (shown := source.shown(name, key)) is not None
    ]
    if not any(shown.pair.ours is not None for _, shown in measured_pairs):
        return None
    label = axis_label(measured_pairs[0][1].metric, measured_pairs[0][1].unit)
    if figure.split_by == "fold":
        return _by_fold(renderer, source, [shown for _, shown in measured_pairs], figure, label)
    marks = {point.series: Mark(point.y, point.reading_error) for point in read_off(spec, figure)}
    return renderer.bars(
        [shown.pair for _, shown in measured_pairs],
        title=title_of(spec, figure),
        axis_label=label,
        y_range=figure.y_range,
        log=figure.log,
        against=source.against,
        read_off=origin(spec, figure),
        marks=[marks.get(name) for name, _ in measured_pairs],
        baseline=_baseline(source, key),
    )


def _baseline(source: Source, key: str) -> tuple[str, float] | None:
    """The number that a proposal's methods have to beat, with its name; a paper's figures are the paper's own."""
    spec = source.spec
    shown = source.shown(spec.baseline, key) if spec.kind == "proposal" else None
    return None if shown is None or shown.pair.ours is None else (title(spec, spec.baseline), shown.pair.ours)


def _by_fold(renderer: FigureRenderer[D], source: Source, shown: list[Shown], figure: Figure, label: str) -> D | None:
    """Bars fold by fold, of the experiments that have folds; None where none has."""
    series = [item.folds for item in shown if item.folds is not None]
    if not series:
        return None
    return renderer.fold_bars(
        series,
        title=title_of(source.spec, figure),
        axis_label=label,
        y_range=figure.y_range,
        log=figure.log,
        against=source.against,
    )


def _sweep(renderer: FigureRenderer[D], source: Source, figure: Figure) -> D | None:
    spec = source.spec
    series = figure.series or {"": figure.experiments or tuple(source.experiments)}
    key = main_key(spec, figure, spec.baseline)
    collected: list[tuple[str, list[Stop]]] = []
    label = ""
    for name, experiments in series.items():
        stops = []
        for experiment in experiments:
            shown = source.shown(experiment, key)
            if shown is None or figure.x is None:
                continue
            label = label or axis_label(shown.metric, shown.unit)
            pair = shown.pair
            x = spec_value(spec.experiments[experiment], figure.x)
            stops.append(Stop(x, pair.ours, pair.interval, pair.runs, pair.reported))
        if any(stop.ours is not None for stop in stops):
            collected.append((name or "ours", stops))
    if not collected:
        return None
    return renderer.sweep(
        collected,
        title=title_of(spec, figure),
        x_label=_in_words(figure.x or ""),
        y_label=label,
        y_range=figure.y_range,
        log=figure.log,
        lines=_lines(spec, figure),
        read_off=origin(spec, figure),
        against=source.against,
    )


def _in_words(path: str) -> str:
    """A path of the spec as the label of an axis.

    >>> _in_words("splits.train"), _in_words("features.heard.Crop.seconds")
    ('training items', 'seconds of features.heard.Crop')
    """
    if path == "splits.train":
        return "training items"
    before, _, last = path.rpartition(".")
    return f"{last} of {before}" if "." in before else path


def _confusion(renderer: FigureRenderer[D], source: Source, figure: Figure) -> dict[str, D]:
    named = members(source, figure)
    view = split_key(figure.y[0])[0] if figure.y else "test"
    figures: dict[str, D] = {}
    for _, name in named:
        caption = f"{title_of(source.spec, figure)}: {title(source.spec, name)}"
        drawn = confusion_of(renderer, source, name, caption, view=view)
        if drawn is not None:
            figures[figure.name if len(named) == 1 else f"{figure.name}-{name}"] = drawn
    return figures


def confusion_of(
    renderer: FigureRenderer[D], source: Source, name: str, caption: str, *, view: str = "test"
) -> D | None:
    """The confusion matrix of one experiment and view, titled ``caption``; None where nothing was kept of it."""
    counts = source.counts(name, view)
    if counts is None:
        return None
    return renderer.confusion(counts.counts, counts.classes, title=caption, runs=counts.runs, folds=counts.folds)
