"""What was measured, as figures draw it: from the records and the table of a study."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from repro.results.class_names import classes_of
from repro.results.figures.confusion import counted
from repro.results.figures.curves import Curve
from repro.results.figures.from_records import curve, fold_series, pair
from repro.results.figures.source import Against, Counts, Dots, Shown, XAxis, against
from repro.results.item_noise import predicted_classes
from repro.results.metric_info import UnknownMetric, metric_info, split_key
from repro.results.plain_row import plain_row
from repro.results.row import Row
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import Predictions, arrays_of
from repro.spec.spec import Spec


@dataclass(frozen=True)
class Measurements:
    """The :class:`~repro.results.figures.source.Source` of a study that ran; ``predictions`` are those kept."""

    study: StudyRuns
    predictions: Predictions | None = None

    @property
    def spec(self) -> Spec:
        """The study."""
        return self.study.spec

    @property
    def against(self) -> Against:
        """The paper's numbers, or a proposal's expectations."""
        return against(self.spec)

    @property
    def experiments(self) -> Sequence[str]:
        """All that were to be run."""
        return tuple(self.study.runs)

    def has_curves(self, name: str) -> bool:
        """Whether it has a finished run."""
        return bool(self.study.records(name))

    def shown(self, name: str, key: str) -> Shown | None:
        """From the table's row where it has one, else from one made for the figure."""
        view, metric_name = split_key(key)
        full = f"{view}/{metric_name}" if view else metric_name
        row = next((r for r in self.study.results.rows if r.experiment == name and r.metric == full), None)
        try:
            metric = metric_info(self.spec.experiments[name], key, self.spec.folder)
        except UnknownMetric:
            return None
        if row is None and name in self.study.runs:
            row = plain_row(self.spec, name, metric, self.study.runs[name], unit=metric.natural_unit)
        if row is None or (row.mean is None and row.reported is None):
            return None
        return Shown(pair(row), metric, row.unit, fold_series(row) if row.folds else None)

    def curve(self, label: str, name: str, key: str, x_axis: XAxis) -> Curve | None:
        """Over all finished runs."""
        return curve(label, self.study.records(name), key, x_axis)

    def dots(self) -> Sequence[Dots]:
        """One for each table of reported numbers, metric and unit; counts left out."""
        groups: dict[tuple[str, str, str], list[Row]] = {}
        rows = self.study.results.rows
        for row in rows:
            if row.reported is not None and row.reported.number and row.mean is not None and "exact" not in row.extra:
                groups.setdefault((row.metric, row.unit, row.reported.where), []).append(row)
        collected = []
        for (key, unit, where), group in groups.items():
            metric = metric_info(self.spec.experiments[group[0].experiment], key, self.spec.folder)
            base = next((r for r in rows if r.is_baseline and r.metric == key and r.unit == unit), None)
            line = (f"{base.title}, ours", base.mean) if base is not None and base.mean is not None else None
            collected.append(Dots(where, metric, unit, [pair(row) for row in group], line))
        return collected

    def counts(self, name: str, view: str) -> Counts | None:
        """Over all its runs, folds and groups together; None where no predictions of classes were kept.

        A last column, of what was taken for no class, is there where anything was.
        """
        experiment = self.spec.experiments[name]
        classes = classes_of(experiment, self.study.records(name))
        if self.predictions is None or classes is None:
            return None
        total: NDArray[np.int64] | None = None
        runs = 0
        folds: set[int | None] = set()
        for record in self.study.records(name):
            arrays = arrays_of(experiment, view, record, self.predictions)
            predicted = None if arrays is None else predicted_classes(arrays)
            if arrays is None or predicted is None:
                continue
            target = np.asarray(arrays["target"], dtype=np.int64)
            if target.size and target.max() >= len(classes):
                return None  # the names are not those of these numbers
            matrix = counted(predicted, target, len(classes))
            total = matrix if total is None else total + matrix
            runs += 1
            folds.add(record.fold)
        if total is None:
            return None
        return Counts(total if total[:, -1].any() else total[:, :-1], classes, runs, len(folds - {None}))
