"""The figures that a spec asks for: the paper's own, drawn from our records."""

from pathlib import Path

import matplotlib.figure
import numpy as np
from numpy.typing import NDArray

from repro.results.class_names import class_names
from repro.results.figures.bars import bars
from repro.results.figures.confusion import confusion, counted
from repro.results.figures.curves import Curve, learning_curves
from repro.results.figures.fold_bars import fold_bars
from repro.results.figures.from_records import XAxis, curve, fold_series, pair, points
from repro.results.figures.looked_up import looked_up
from repro.results.figures.sweep import Stop, sweep
from repro.results.item_noise import predicted_classes
from repro.results.measured import Measured, UnknownMetric, measured, split_key
from repro.results.plain_row import plain_row
from repro.results.row import Row
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import Predictions, arrays_of
from repro.spec.spec import Figure, Spec

Drawn = dict[str, matplotlib.figure.Figure]


def asked_for(study: StudyRuns, figure: Figure, predictions: Predictions | None) -> Drawn:
    """Draw one figure of the spec, as ``{file name without ending: Figure}``; empty where no run has what it needs."""
    draw = {"curve": _curve, "bars": _bars, "sweep": _sweep}.get(figure.kind)
    if draw is None:
        return _confusion(study, figure, predictions)
    made = draw(study, figure)
    return {} if made is None else {figure.name: made}


def title_of(figure: Figure) -> str:
    """The printed title: the name in words, and what it reproduces."""
    words = figure.name.replace("-", " ").replace("_", " ")
    said = words[:1].upper() + words[1:]
    return f"{said} (the paper's {figure.reproduces})" if figure.reproduces else said


def axis_label(metric: Measured, unit: str = "") -> str:
    """An axis label with its unit, such as ``test Accuracy (%)``."""
    unit = unit or metric.natural_unit
    shown = {"percent": " (%)", "fraction": "", "count": "", "": ""}.get(unit, f" ({unit})")
    return f"{metric.view} {metric.name}{shown}".strip()


def members(spec: Spec, figure: Figure, study: StudyRuns) -> list[tuple[str, str]]:
    """``(printed name, experiment)`` of what a figure shows: its series, its experiments, else all that were run."""
    if figure.series:
        return [
            (group if len(names) == 1 else f"{group}: {_title(spec, name)}", name)
            for group, names in figure.series.items()
            for name in names
        ]
    names = figure.experiments or tuple(study.runs)
    return [(_title(spec, name), name) for name in names]


def _title(spec: Spec, name: str) -> str:
    return spec.experiments[name].title or name


def _curve(study: StudyRuns, figure: Figure) -> matplotlib.figure.Figure | None:
    spec = study.spec
    shown = [(label, name) for label, name in members(spec, figure, study) if study.records(name)]
    if not shown:
        return None
    keys = figure.y or (f"test/{spec.experiments[shown[0][1]].main_metric}",)
    x_axis: XAxis = "epoch" if (figure.x or "").startswith("epoch") else "step"
    drawn: list[Curve] = []
    label = ""
    for key in keys:
        view = split_key(key)[0]
        for name, experiment in shown:
            try:
                metric = measured(spec.experiments[experiment], key, spec.folder)
            except UnknownMetric:
                continue
            named = name if len(keys) == 1 else view if len(shown) == 1 else f"{name}, {view}"
            made = curve(named, study.records(experiment), metric.key, x_axis)
            if made is not None:
                drawn.append(made)
                label = label or axis_label(metric)
                if len(keys) > 1:
                    label = axis_label(Measured("", metric.name, "", "max", metric.proportion, False))
    if not drawn:
        return None
    drawn += _read_off(spec, figure)
    return learning_curves(
        drawn,
        title=title_of(figure),
        x_label="training epochs" if x_axis == "epoch" else "training steps",
        y_label=label,
        y_range=figure.y_range,
        log=figure.log,
    )


def _read_off(spec: Spec, figure: Figure) -> list[Curve]:
    if figure.points is None:
        return []
    path = spec.folder / Path(figure.points).name
    names = {name: _title(spec, name) for name in spec.experiments}
    return points(path.read_text(encoding="utf-8"), path.name, names)


def _row(study: StudyRuns, name: str, key: str) -> tuple[Row, Measured] | None:
    """The table's row of an experiment and metric where it has one, else one made for the figure."""
    experiment = study.spec.experiments[name]
    view, metric_name = split_key(key)
    full = f"{view}/{metric_name}" if view else metric_name
    found = next((r for r in study.results.rows if r.experiment == name and r.metric == full), None)
    try:
        metric = measured(experiment, key, study.spec.folder)
    except UnknownMetric:
        return None
    if found is None and name in study.runs:
        found = plain_row(study.spec, name, metric, study.runs[name], unit=metric.natural_unit)
    return None if found is None else (found, metric)


def _bars(study: StudyRuns, figure: Figure) -> matplotlib.figure.Figure | None:
    spec = study.spec
    names = [name for _, name in members(spec, figure, study)] if figure.series or figure.experiments else None
    key = figure.y[0] if figure.y else f"test/{spec.experiments[spec.baseline].main_metric}"
    found = [_row(study, name, key) for name in (names or spec.experiments)]
    rows = [f for f in found if f is not None and (f[0].mean is not None or f[0].reported is not None)]
    if not any(row.mean is not None for row, _ in rows):
        return None
    label = axis_label(rows[0][1], rows[0][0].unit)
    if figure.split_by == "fold":
        return _by_fold([row for row, _ in rows if row.folds], figure, label)
    pairs = [pair(row) for row, _ in rows]
    return bars(pairs, title=title_of(figure), axis_label=label, y_range=figure.y_range, log=figure.log)


def _by_fold(rows: list[Row], figure: Figure, label: str) -> matplotlib.figure.Figure | None:
    """Bars fold by fold, of the experiments that have folds; None where none has."""
    if not rows:
        return None
    series = [fold_series(row) for row in rows]
    return fold_bars(series, title=title_of(figure), axis_label=label, y_range=figure.y_range, log=figure.log)


def _sweep(study: StudyRuns, figure: Figure) -> matplotlib.figure.Figure | None:
    spec = study.spec
    series = figure.series or {"": figure.experiments or tuple(study.runs)}
    key = figure.y[0] if figure.y else f"test/{spec.experiments[spec.baseline].main_metric}"
    lines: list[tuple[str, list[Stop]]] = []
    label = ""
    for name, experiments in series.items():
        stops = []
        for experiment in experiments:
            found = _row(study, experiment, key)
            if found is None or figure.x is None:
                continue
            row, metric = found
            label = label or axis_label(metric, row.unit)
            number = None if row.reported is None else row.reported.number
            x = looked_up(spec.experiments[experiment], figure.x)
            stops.append(Stop(x, row.mean, row.ci95, len(row.values), None if number is None else number.value))
        if any(stop.ours is not None for stop in stops):
            lines.append((name or "ours", stops))
    if not lines:
        return None
    x_label = (figure.x or "").replace("splits.train", "training items")
    return sweep(
        lines,
        title=title_of(figure),
        x_label=x_label,
        y_label=label,
        y_range=figure.y_range,
        log=figure.log,
        read_off=_read_off(spec, figure),
    )


def _confusion(study: StudyRuns, figure: Figure, predictions: Predictions | None) -> Drawn:
    named = members(study.spec, figure, study)
    view = split_key(figure.y[0])[0] if figure.y else "test"
    made: Drawn = {}
    for _, name in named:
        title = f"{title_of(figure)}: {_title(study.spec, name)}"
        drawn = confusion_of(study, name, predictions, title=title, view=view)
        if drawn is not None:
            made[figure.name if len(named) == 1 else f"{figure.name}-{name}"] = drawn
    return made


def confusion_of(
    study: StudyRuns, name: str, predictions: Predictions | None, *, title: str, view: str = "test"
) -> matplotlib.figure.Figure | None:
    """The confusion matrix of one experiment and view over all its runs, folds and groups taken together.

    None where no predictions of classes were kept.
    """
    experiment = study.spec.experiments[name]
    classes = class_names(experiment)
    if predictions is None or classes is None:
        return None
    total: NDArray[np.int64] | None = None
    runs = 0
    folds: set[int | None] = set()
    for record in study.records(name):
        arrays = arrays_of(experiment, view, record, predictions)
        predicted = None if arrays is None else predicted_classes(arrays)
        if arrays is None or predicted is None:
            continue
        counts = counted(predicted, np.asarray(arrays["target"], dtype=np.int64), len(classes))
        total = counts if total is None else total + counts
        runs += 1
        folds.add(record.fold)
    return None if total is None else confusion(total, classes, title=title, runs=runs, folds=len(folds - {None}))
