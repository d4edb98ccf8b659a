"""Two records of what should be the same run, held against each other."""

import math
from collections.abc import Iterator

from repro.runs.determinism.finding import Comparison
from repro.runs.determinism.variants import Variant
from repro.runs.record import Record
from repro.spec.view_recipe import REFERENCES


def compare(variant: Variant, straight: Record, other: Record, stopped_at: int | None = None) -> Comparison:
    """Whether two records are the same bit for bit, in what, and by how much each metric differs at most."""
    if straight.state != other.state or straight.reason != other.reason:
        why = f"one is {straight.reason or 'done'}, the other {other.reason or 'done'}"
        return Comparison(way=variant, bitwise=False, differing=("outcome",), why=why, stopped_at=stopped_at)
    pairs = {
        "weights": (straight.weights_sha256, other.weights_sha256),
        "predictions": (straight.predictions_sha256, other.predictions_sha256),
        "metrics": (_text(straight, "metrics", "chosen"), _text(other, "metrics", "chosen")),
        "history": (_text(straight, "history", "sealed", "steps"), _text(other, "history", "sealed", "steps")),
    }
    differing = tuple(name for name, (left, right) in pairs.items() if left != right)
    return Comparison(
        way=variant,
        bitwise=not differing,
        differing=differing,
        largest=largest(straight, other),
        stopped_at=stopped_at,
    )


def largest(record: Record, other: Record) -> dict[str, float]:
    """The largest absolute difference of each ``VIEW/METRIC``, over the end and all looks that both have.

    Where only one of two values is finite, it is infinite.
    """
    first, second = dict(_values(record)), dict(_values(other))
    differences: dict[str, float] = {}
    for (key, place), value in first.items():
        if (key, place) in second:
            differences[key] = max(differences.get(key, 0.0), apart(value, second[key, place]))
    return differences


def apart(first: float, other: float) -> float:
    """The distance of two numbers, of which each may be no finite one.

    >>> apart(1.0, 1.5), apart(math.nan, math.nan), apart(math.inf, math.inf), apart(1.0, math.nan)
    (0.5, 0.0, 0.0, inf)
    """
    if first == other or (math.isnan(first) and math.isnan(other)):
        return 0.0
    return abs(first - other) if math.isfinite(first) and math.isfinite(other) else math.inf


def _values(record: Record) -> Iterator[tuple[tuple[str, str], float]]:
    """Every value with its ``VIEW/METRIC`` and its place: the end of a label, or a step."""
    for label, views in record.metrics.items():
        references = {f"{n} (reference)" if f"{n} (reference)" in views else n for n in REFERENCES}
        for view, scores in views.items():
            if view not in references:
                yield from (((f"{view}/{name}", label), value) for name, value in scores.values.items())
    for point in (*record.history, *record.sealed):
        yield from (((key, str(point.step)), value) for key, value in point.values.items())


def _text(record: Record, *fields: str) -> str:
    return record.model_dump_json(include=set(fields))
