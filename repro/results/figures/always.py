"""The figures that every study gets: learning curves, reported against reproduced, one confusion matrix."""

import re

import matplotlib.figure

from repro.results.figures.asked_for import axis_label, confusion_of
from repro.results.figures.compared import compared
from repro.results.figures.curves import learning_curves
from repro.results.figures.from_records import XAxis, curve, pair
from repro.results.measured import Measured, UnknownMetric, measured
from repro.results.row import Row
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import Predictions

Drawn = dict[str, matplotlib.figure.Figure]


def always(study: StudyRuns, predictions: Predictions | None) -> Drawn:
    """``{file name without ending: Figure}`` of what the records allow, less what the spec asks for itself."""
    confusion = {} if any(f.kind == "confusion" for f in study.spec.figures) else _confusion(study, predictions)
    return {**_learning(study), **_reported(study), **confusion}


def _main_metrics(study: StudyRuns) -> dict[str, Measured]:
    """Main metric of each experiment that was run."""
    found = {}
    for name in study.runs:
        experiment = study.spec.experiments[name]
        try:
            found[name] = measured(experiment, experiment.main_metric, study.spec.folder)
        except UnknownMetric:
            continue
    return found


def _learning(study: StudyRuns) -> Drawn:
    made: Drawn = {}
    by_metric: dict[str, list[str]] = {}
    metrics = _main_metrics(study)
    for name, metric in metrics.items():
        by_metric.setdefault(metric.key, []).append(name)
    drawn = {y for f in study.spec.figures if f.kind == "curve" and not f.experiments for y in f.y}
    for key, names in by_metric.items():
        if key in drawn:
            continue
        by_steps = any(study.spec.experiments[n].training.steps for n in names)
        x_axis: XAxis = "step" if by_steps else "epoch"
        titled = [(study.spec.experiments[n].title or n, study.records(n)) for n in names]
        curves = [c for title, records in titled if (c := curve(title, records, key, x_axis)) and len(c.x) > 1]
        if curves:
            metric = metrics[names[0]]
            made[_file("learning-curves", metric, len(by_metric))] = learning_curves(
                curves,
                title=f"Learning curves: {metric.name} on {metric.view}",
                x_label="training steps" if by_steps else "training epochs",
                y_label=axis_label(metric),
            )
    return made


def _reported(study: StudyRuns) -> Drawn:
    """One dot plot for each table of the paper, metric and unit; counts left out."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in study.results.rows:
        if row.reported is not None and row.reported.number and row.mean is not None and "exact" not in row.extra:
            groups.setdefault((row.metric, row.unit, row.reported.where), []).append(row)
    made: Drawn = {}
    for (key, unit, where), rows in groups.items():
        metric = measured(study.spec.experiments[rows[0].experiment], key, study.spec.folder)
        base = next((r for r in study.results.rows if r.is_baseline and r.metric == key and r.unit == unit), None)
        file = f"reported-{_slug(f'{key} {where}')}" if made else "reported"
        made[file if file not in made else f"{file}-{len(made) + 1}"] = compared(
            [pair(row) for row in rows],
            title=f"Reported against reproduced: {where}" if where else "Reported against reproduced",
            axis_label=axis_label(metric, unit),
            baseline=(base.title, base.mean) if base is not None and base.mean is not None else None,
        )
    return made


def _confusion(study: StudyRuns, predictions: Predictions | None) -> Drawn:
    """Of the experiment with the best mean on its main metric."""
    best: tuple[float, str] | None = None
    for name, metric in _main_metrics(study).items():
        row = next((r for r in study.results.rows if r.experiment == name and r.metric == metric.key), None)
        if row is None or row.mean is None:
            continue
        score = row.mean if metric.direction == "max" else -row.mean
        best = (score, name) if best is None or score > best[0] else best
    if best is None:
        return {}
    title = study.spec.experiments[best[1]].title or best[1]
    drawn = confusion_of(study, best[1], predictions, title=f"What {title} takes for what")
    return {} if drawn is None else {f"confusion-{best[1]}": drawn}


def _file(name: str, metric: Measured, several: int) -> str:
    """A file name, with the metric in it where there is more than one."""
    return name if several == 1 else f"{name}-{_slug(metric.key)}"


def _slug(text: str) -> str:
    """Text as a part of a file name."""
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
