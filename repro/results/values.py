"""Reading numbers out of records: at the selected end, at a point of the training, or the best on test."""

from collections.abc import Iterable
from math import isfinite, nan

from repro.results.metric_info import COUNTED, TIMED, MetricInfo
from repro.runs.record import Point, Record, Undefined
from repro.spec.experiment import Duration


def at_end(record: Record, measured: MetricInfo) -> float:
    """The stored value at the chosen weights; NaN where the record has none. Proportions in percent."""
    if measured.name in COUNTED:
        count = record.parameters if measured.name == "parameters" else record.multiply_adds
        return nan if count is None else float(count)
    if measured.name == TIMED:
        return record.timings.fit
    for views in record.metrics.values():
        scores = views.get(measured.view)
        if scores is not None and measured.name in scores.values:
            return scores.values[measured.name]
    return nan


def items_behind(record: Record, measured: MetricInfo) -> int | None:
    """How many items stand behind the value at the end; None where the record has none."""
    for views in record.metrics.values():
        scores = views.get(measured.view)
        if scores is not None and measured.name in scores.values:
            return scores.n
    return None


def undefined_of(record: Record, measured: MetricInfo) -> tuple[Undefined, ...]:
    """What the value at the end leaves out, as the record says; empty where it leaves out nothing."""
    for views in record.metrics.values():
        scores = views.get(measured.view)
        if scores is not None and measured.name in scores.values:
            return scores.undefined.get(measured.name, ())
    return ()


def is_undefined(record: Record, measured: MetricInfo) -> bool:
    """Whether the record says that the metric has no value at all on these items. Another nan is a failure."""
    return any(gap.count == gap.total for gap in undefined_of(record, measured))


def course(record: Record, key: str) -> list[tuple[Point, float]]:
    """All evaluations of ``VIEW/METRIC`` in the order of training, the sealed ones of test views among them."""
    points = {p.step: (p, p.values[key]) for p in (*record.history, *record.sealed) if key in p.values}
    return [points[step] for step in sorted(points)]


def at_duration(record: Record, key: str, at: Duration) -> float:
    """The value of ``VIEW/METRIC`` after so many steps or epochs; NaN where no evaluation was kept there."""
    for point, value in course(record, key):
        reached = point.step if at.unit == "steps" else point.epoch
        if abs(reached - at.number) < 1e-6:
            return value
    return nan


def best_on_test(record: Record, measured: MetricInfo) -> float | None:
    """The best of all evaluations on a test view: what a paper that chose on test would print.

    None where the record keeps no evaluation of it during training. The end counts as one of them.
    """
    values = [v for _, v in course(record, measured.key) if isfinite(v)]
    if not values:
        return None
    end = at_end(record, measured)
    candidates = [*values, end] if isfinite(end) else values
    return max(candidates) if measured.direction == "max" else min(candidates)


def over_folds(parts: Iterable[tuple[float, int | None]]) -> float:
    """One seed's score over its folds, every item counting the same; NaN where a fold's value is, or without any."""
    known = list(parts)
    if not known:
        return nan
    values, weights = zip(*known, strict=True)
    if len(values) == 1:
        return float(values[0])
    total = [w or 1 for w in weights]
    return float(sum(v * w for v, w in zip(values, total, strict=True)) / sum(total))
