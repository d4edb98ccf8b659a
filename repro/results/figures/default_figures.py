"""The figures that every study gets: learning curves, reported against reproduced, one confusion matrix."""

import re

import matplotlib.figure

from repro.results.figures.matplotlib_renderer import MATPLOTLIB
from repro.results.figures.renderer import D, FigureRenderer
from repro.results.figures.requested_figures import axis_label, confusion_of, title
from repro.results.figures.source import Source, XAxis
from repro.results.metric_info import MetricInfo, UnknownMetric, metric_info

Drawn = dict[str, matplotlib.figure.Figure]

AGAINST = {"paper": "Reported against reproduced", "expected": "Expected against measured"}


def default_figures(source: Source) -> Drawn:
    """``{file name without ending: Figure}`` of what the source allows, less what the spec asks for itself."""
    return render_default(MATPLOTLIB, source)


def render_default(renderer: FigureRenderer[D], source: Source) -> dict[str, D]:
    """The same, drawn by another renderer."""
    confusion = {} if any(f.kind == "confusion" for f in source.spec.figures) else _confusion(renderer, source)
    return {**_learning(renderer, source), **_against(renderer, source), **confusion}


def main_metrics(source: Source) -> dict[str, MetricInfo]:
    """Main metric of each experiment."""
    metrics = {}
    for name in source.experiments:
        experiment = source.spec.experiments[name]
        try:
            metrics[name] = metric_info(experiment, experiment.main_metric, source.spec.folder)
        except UnknownMetric:
            continue
    return metrics


def _learning(renderer: FigureRenderer[D], source: Source) -> dict[str, D]:
    figures: dict[str, D] = {}
    spec = source.spec
    by_metric: dict[str, list[str]] = {}
    metrics = main_metrics(source)
    for name, metric in metrics.items():
        by_metric.setdefault(metric.key, []).append(name)
    drawn = {y for f in spec.figures if f.kind == "curve" and not f.experiments for y in f.y}
    for key, names in by_metric.items():
        if key in drawn:
            continue
        by_steps = any(spec.experiments[n].training.steps for n in names)
        x_axis: XAxis = "step" if by_steps else "epoch"
        candidates = [source.curve(title(spec, name), name, key, x_axis) for name in names]
        curves = [c for c in candidates if c is not None and len(c.x) > 1]
        if curves:
            metric = metrics[names[0]]
            figures[_file("learning-curves", metric, len(by_metric))] = renderer.learning_curves(
                curves,
                title=f"Learning curves: {metric.name} on {metric.view}",
                x_label="training steps" if by_steps else "training epochs",
                y_label=axis_label(metric),
            )
    return figures


def _against(renderer: FigureRenderer[D], source: Source) -> dict[str, D]:
    """One dot plot for each table of numbers that ours are held against."""
    name = {"paper": "reported", "expected": "expected"}[source.against]
    heading = AGAINST[source.against]
    figures: dict[str, D] = {}
    for dots in source.dots():
        file = f"{name}-{_slug(f'{dots.metric.key} {dots.where}')}" if figures else name
        figures[file if file not in figures else f"{file}-{len(figures) + 1}"] = renderer.compared(
            dots.pairs,
            title=f"{heading}: {dots.where}" if dots.where else heading,
            axis_label=axis_label(dots.metric, dots.unit),
            baseline=dots.baseline,
            against=source.against,
        )
    return figures


def _confusion(renderer: FigureRenderer[D], source: Source) -> dict[str, D]:
    """Of the experiment with the best mean on its main metric."""
    best: tuple[float, str] | None = None
    for name, metric in main_metrics(source).items():
        shown = source.shown(name, metric.key)
        if shown is None or shown.pair.ours is None:
            continue
        score = shown.pair.ours if metric.direction == "max" else -shown.pair.ours
        best = (score, name) if best is None or score > best[0] else best
    if best is None:
        return {}
    drawn = confusion_of(renderer, source, best[1], f"What {title(source.spec, best[1])} takes for what")
    return {} if drawn is None else {f"confusion-{best[1]}": drawn}


def _file(name: str, metric: MetricInfo, several: int) -> str:
    """A file name, with the metric in it where there is more than one."""
    return name if several == 1 else f"{name}-{_slug(metric.key)}"


def _slug(text: str) -> str:
    """Text as a part of a file name."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
