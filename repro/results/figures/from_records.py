"""From records and rows to what the figures draw."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

from repro.results.cells import cells
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Curve
from repro.results.figures.fold_bars import Bar, FoldSeries
from repro.results.figures.source import XAxis
from repro.results.row import Row
from repro.results.values import course
from repro.runs.record import Record


def curve(name: str, records: Sequence[Record], key: str, x_axis: XAxis) -> Curve | None:
    """The course of ``VIEW/METRIC`` over the runs of one experiment; None where no run kept any.

    With folds a seed's course is the mean over its folds, by their test items, where all of them have one; with one
    seed the folds themselves are the runs. Between two evaluations a course is a straight line, as it is drawn.
    """
    courses: dict[int, dict[int | None, dict[float, float]]] = {}
    for record in records:
        points = [((p.step if x_axis == "step" else p.epoch), v) for p, v in course(record, key) if isfinite(v)]
        if points:
            courses.setdefault(record.seed, {})[record.fold] = {float(at): v for at, v in points}
    if not courses:
        return None
    if all(fold is None for by_fold in courses.values() for fold in by_fold):
        single = [run for by_fold in courses.values() for run in by_fold.values()]
        x = sorted({at for run in single for at in run})
        ys = [[run.get(at, np.nan) for at in x] for run in single]
        return Curve(name, np.array(x), np.array(ys, dtype=np.float64))
    return _over_folds(name, records, courses)


def _over_folds(
    name: str, records: Sequence[Record], courses: Mapping[int, Mapping[int | None, Mapping[float, float]]]
) -> Curve | None:
    everything = [run for by_fold in courses.values() for run in by_fold.values()]
    first, last = max(min(run) for run in everything), min(max(run) for run in everything)
    fewest = everything[int(np.argmin([len(run) for run in everything]))]
    x = np.array([at for at in sorted(fewest) if first <= at <= last])
    if not len(x):
        return None
    weights = {(r.seed, r.fold): _test_items(r) for r in records}
    drawn = {
        seed: np.array([np.interp(x, sorted(run), [run[at] for at in sorted(run)]) for run in by_fold.values()])
        for seed, by_fold in courses.items()
    }
    of_fold = {seed: np.array([weights[seed, f] for f in by_fold]) for seed, by_fold in courses.items()}
    folds = max(map(len, courses.values()))
    if len(courses) == 1:
        ((seed, ys),) = drawn.items()
        return Curve(name, x, ys, folds=folds, by_fold=True, weights=of_fold[seed])
    means = [np.average(ys, axis=0, weights=of_fold[seed]) for seed, ys in drawn.items()]
    return Curve(name, x, np.array(means), folds=folds)


def _test_items(record: Record) -> float:
    return float(next((views["test"].n for views in record.metrics.values() if "test" in views), 1))


def fold_series(row: Row) -> FoldSeries:
    """A table row as a figure's bars by fold."""
    number = None if row.reported is None else row.reported.number
    folds = {fold.name: Bar(fold.mean, fold.values, fold.reported) for fold in row.folds if fold.values}
    return FoldSeries(row.title, folds, Bar(row.mean, row.values, None if number is None else number.value))


def pair(row: Row) -> Pair:
    """A table row as a figure's pair."""
    number = None if row.reported is None else row.reported.number
    return Pair(
        name=row.title,
        reported=None if number is None else number.value,
        reported_reach=None if number is None else number.spread,
        ours=row.mean,
        interval=row.ci95,
        runs=len(row.values),
        verdict="not run" if row.not_run is not None else "" if row.verdict is None else str(row.verdict).lower(),
        values=row.values,
        text="not run here" if row.mean is None else cells(row).ours,
        folds=row.folds_planned,
    )
