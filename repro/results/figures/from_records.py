"""From records and rows to what the figures draw."""

import csv
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Literal

import numpy as np

from repro.results.cells import cells
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Curve
from repro.results.row import Row
from repro.results.values import course
from repro.runs.record import Record

XAxis = Literal["step", "epoch"]


def curve(name: str, records: Sequence[Record], key: str, x_axis: XAxis) -> Curve | None:
    """The course of ``VIEW/METRIC`` over the runs of one experiment; None where no run kept any."""
    courses = []
    for record in records:
        points = [((p.step if x_axis == "step" else p.epoch), v) for p, v in course(record, key) if isfinite(v)]
        if points:
            courses.append(dict(points))
    if not courses:
        return None
    x = sorted({float(at) for one in courses for at in one})
    ys = [[one.get(at, np.nan) for at in x] for one in courses]
    return Curve(name, np.array(x), np.array(ys, dtype=np.float64))


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
    )


def points(text: str, file: str, names: Mapping[str, str] | None = None) -> list[Curve]:
    """Curves read off the paper, from CSV with the columns ``x``, ``y`` and, for several lines, ``series``.

    ``names`` gives a series its printed name.

    Raises:
        ValueError: a column is missing, or a cell is no number; names file and line.

    """
    reader = csv.DictReader(text.splitlines())
    if not {"x", "y"} <= set(reader.fieldnames or ()):
        raise ValueError(f"{file}:1: needs the columns x and y (and series), has {', '.join(reader.fieldnames or ())}")
    found: dict[str, list[tuple[float, float]]] = {}
    for row in reader:
        name = (row.get("series") or "paper").strip()
        try:
            at = (float(row["x"]), float(row["y"]))
        except (TypeError, ValueError):
            raise ValueError(f"{file}:{reader.line_num}: x and y must be numbers: {row['x']!r}, {row['y']!r}") from None
        found.setdefault(name, []).append(at)
    made = []
    for name, pairs in found.items():
        ordered = np.array(sorted(pairs), dtype=np.float64)
        printed = (names or {}).get(name, name)
        made.append(Curve(printed, ordered[:, 0], ordered[None, :, 1], points=True))
    return made
