"""All scores and curves of a record against those of its run trained again elsewhere, within a stated tolerance.

Bytes depend on the environment, so the two are held against how far seeds lie apart: a record must not lie further
from its own run trained again than two seeds do (:func:`repro.runs.verify.interval.pair_distance`), at any point of a
curve. The error is shared out over all that is compared, so of few seeds only gross changes show.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repro.runs.record import Point, Record
from repro.runs.verify.interval import pair_distance
from repro.spec.experiment import Experiment
from repro.spec.index import index

LEAST = 1e-3
"""The share of a value that it may differ by elsewhere in any case; or one item of the view, where that is more."""

MOST_NAMED = 3

Series = Mapping[int, float]
"""Values by step; a final score is a series of one."""


@dataclass(frozen=True)
class Curve:
    """One kind of value: ``name`` for messages, ``view`` and ``metric`` for its scale."""

    name: str
    view: str
    metric: str


def too_far(
    experiment: Experiment, old: Record, new: Record, others: Sequence[Record], *, drawn: int, besides: str = ""
) -> list[str]:
    """One sentence for each score or curve in which the record lies too far from the one trained again.

    Args:
        experiment: of the run.
        old: the study's record.
        new: the record of the run trained here.
        others: records of other seeds; of an experiment without a random part none are needed.
        drawn: how many runs are judged, over which the error is shared out too.
        besides: a score that is judged already, ``VIEW/METRIC``.

    """
    problem = _other_steps(experiment, old, new)
    recorded, again, seeds = _curves(old), _curves(new), [_curves(record) for record in others]
    compared = [curve for curve in recorded if curve in again and curve.name != besides]  # a view may be only one's
    far = []
    for curve in compared:
        off = distance(recorded[curve], again[curve])
        known = [again[curve], *(seed[curve] for seed in seeds if curve in seed)]
        reach = _reach(known, drawn * len(compared)) + _least(curve, experiment, new, (recorded[curve], *known))
        if off > reach:
            far.append(f"{curve.name} lies up to {off:.3g} from the one trained again, where {reach:.3g} is allowed")
    problem += far[:MOST_NAMED]
    return problem + ([f"and {len(far) - MOST_NAMED} more"] if len(far) > MOST_NAMED else [])


def _reach(known: Sequence[Series], compared: int) -> float:
    """How far two seeds lie apart at the step where they differ most; infinite where some of them are no numbers."""
    steps = set.intersection(*(set(series) for series in known))
    columns = [[series[step] for series in known] for step in steps]
    if len(known) < 2:
        return 0.0
    if any(not math.isfinite(value) for column in columns for value in column):
        return math.inf
    return max((pair_distance(column, drawn=compared) for column in columns), default=0.0)


def distance(first: Series, other: Series) -> float:
    """The largest distance of two series at steps that both have; infinite where only one of two is a number.

    >>> distance({1: 0.5, 2: 0.25}, {1: 0.75, 3: 9.0}), distance({1: math.nan}, {1: 1.0})
    (0.25, inf)
    """
    apart = 0.0
    for step in first.keys() & other.keys():
        a, b = first[step], other[step]
        if a == b or (math.isnan(a) and math.isnan(b)):
            continue
        apart = max(apart, abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf)
    return apart


def _other_steps(experiment: Experiment, old: Record, new: Record) -> list[str]:
    """Whether the two looked at their views at other steps, which the spec alone decides, but for an early stop."""
    if experiment.training.stop_patience is not None:
        return []
    pairs = (("history", old.history, new.history), ("sealed history", old.sealed, new.sealed))
    return [
        f"its {name} looks at other steps than the run trained again"
        for name, first, other in pairs
        if [point.step for point in first] != [point.step for point in other]
    ]


def _curves(record: Record) -> dict[Curve, Series]:
    curves: dict[Curve, dict[int, float]] = {}
    for label, views in record.metrics.items():
        for view, scores in views.items():
            of = f" ({label})" if len(record.metrics) > 1 else ""
            for name, value in scores.values.items():
                curves[Curve(f"{view}/{name}{of}", view, name)] = {0: value}
    for where, points in (("history", record.history), ("sealed history", record.sealed)):
        for key, series in _by_key(points).items():
            view, _, name = key.partition("/")
            curves[Curve(f"{key} of the {where}", view, name)] = series
    return dict(curves)


def _by_key(points: Sequence[Point]) -> dict[str, dict[int, float]]:
    values: dict[str, dict[int, float]] = {}
    for point in points:
        for key, value in point.values.items():
            values.setdefault(key, {})[point.step] = value
    return values


def _least(curve: Curve, experiment: Experiment, record: Record, known: Sequence[Series]) -> float:
    """What such a value may differ by in any case: of a proportion one item's worth."""
    entry = experiment.metrics.get(curve.metric)
    values = [abs(value) for series in known for value in series.values() if math.isfinite(value)]
    scale = max(values, default=0.0)
    if entry is not None and not entry.own and index().metric(entry.name).proportion:
        scale = 100.0
    items = max((views[curve.view].n for views in record.metrics.values() if curve.view in views), default=0)
    return scale * max(LEAST, 1.0 / items if items else 0.0)
