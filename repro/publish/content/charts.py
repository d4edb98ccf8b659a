"""The numbers of bars and curves, so that a slide can hold a chart that can be edited."""

from collections.abc import Sequence

import numpy as np

from repro.publish.content.pieces import Chart, Series
from repro.publish.content.subject import Subject
from repro.results.figures.asked_for import axis_label
from repro.results.figures.from_records import curve
from repro.results.measured import Measured, UnknownMetric, measured
from repro.results.row import Row
from repro.spec.spec import Figure


def chart_of(subject: Subject, name: str) -> Chart | None:
    """The chart of a figure, by the figure's name; None where it is none of bars and curves."""
    asked = next((one for one in subject.spec.figures if one.name == name), None)
    if asked is not None:
        if asked.kind == "bars" and asked.split_by is None:
            return _bars(subject, asked)
        return _curves(subject, asked) if asked.kind == "curve" else None
    if name == "reported" or name.startswith("reported-"):
        rows = [
            row
            for row in subject.results.rows
            if row.reported is not None and row.reported.number and row.mean is not None and "exact" not in row.extra
        ]
        tables = list(dict.fromkeys((row.metric, row.unit, row.reported.where) for row in rows if row.reported))
        names = [one for one in subject.figures if one == "reported" or one.startswith("reported-")]
        at = names.index(name)
        return (
            bars([r for r in rows if r.reported and (r.metric, r.unit, r.reported.where) == tables[at]], subject)
            if at < len(tables)
            else None
        )
    return None


def bars(rows: Sequence[Row], subject: Subject) -> Chart | None:
    """Reported and ours side by side, with the 95 % interval of ours."""
    if not rows:
        return None
    found = _metric(subject, rows[0].experiment, rows[0].metric)
    label = rows[0].metric if found is None else axis_label(found, rows[0].unit)
    numbers = [None if row.reported is None or row.reported.number is None else row.reported.number for row in rows]
    series = []
    if any(number is not None for number in numbers):
        kind = "expected" if any(row.reported is not None and row.reported.expected for row in rows) else "paper"
        spreads = [None if number is None else number.spread for number in numbers]
        series.append(
            Series(
                kind,
                tuple(None if n is None else n.value for n in numbers),
                tuple(None if n is None or s is None else n.value - s for n, s in zip(numbers, spreads, strict=True)),
                tuple(None if n is None or s is None else n.value + s for n, s in zip(numbers, spreads, strict=True)),
            )
        )
    series.append(
        Series(
            "ours",
            tuple(row.mean for row in rows),
            tuple(None if row.ci95 is None else row.ci95[0] for row in rows),
            tuple(None if row.ci95 is None else row.ci95[1] for row in rows),
        )
    )
    return Chart("bars", tuple(series), "", label, tuple(subject.title(row.experiment) for row in rows))


def _bars(subject: Subject, figure: Figure) -> Chart | None:
    key = figure.y[0] if figure.y else f"test/{subject.baseline.main_metric}"
    full = key if "/" in key else f"test/{key}"
    names = (
        [name for group in figure.series.values() for name in group]
        or figure.experiments
        or [one.name for one in subject.run]
    )
    rows = [row for name in names if (row := subject.row(name, full)) is not None and row.mean is not None]
    return bars(rows, subject)


def _curves(subject: Subject, figure: Figure) -> Chart | None:
    by_epoch = (figure.x or "").startswith("epoch")
    names = (
        [name for group in figure.series.values() for name in group]
        or figure.experiments
        or [one.name for one in subject.run]
    )
    keys = figure.y or (f"test/{subject.baseline.main_metric}",)
    series, label = [], ""
    for key in keys:
        for name in names:
            found = _metric(subject, name, key)
            made = (
                None
                if found is None
                else curve(subject.title(name), subject.runs.records(name), found.key, "epoch" if by_epoch else "step")
            )
            if made is None or found is None:
                continue
            label = label or axis_label(found)
            named = made.name if len(keys) == 1 else f"{made.name}, {found.view}"
            middle = np.nanmean(made.ys, 0)
            series.append(
                Series(
                    named,
                    tuple(float(v) for v in middle),
                    tuple(float(v) for v in np.nanmin(made.ys, 0)),
                    tuple(float(v) for v in np.nanmax(made.ys, 0)),
                    tuple(float(v) for v in made.x),
                )
            )
    return Chart("lines", tuple(series), "training epochs" if by_epoch else "training steps", label) if series else None


def _metric(subject: Subject, name: str, key: str) -> Measured | None:
    try:
        return measured(subject.spec.experiments[name], key, subject.spec.folder)
    except (UnknownMetric, KeyError):
        return None
