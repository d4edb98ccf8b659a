"""What a proposal expects, as figures draw it: no run stands behind any of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from repro.results.blank_row import blank_row
from repro.results.bounds import cut
from repro.results.expected_spread import interval_of, sd_over_seeds, seeds_of
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Curve
from repro.results.figures.fold_bars import Bar, FoldSeries
from repro.results.figures.from_records import pair
from repro.results.figures.source import Against, Counts, Dots, Shown, XAxis
from repro.results.folds import names_of
from repro.results.metric_info import COUNTED, UnknownMetric, metric_info, split_key
from repro.spec.spec import Reported, Spec


@dataclass(frozen=True)
class Expectations:
    """The :class:`~repro.results.figures.source.Source` of what a spec expects.

    An interval is the one that so many seeds as are planned would give, were their mean and their sd as expected.
    """

    spec: Spec

    @property
    def against(self) -> Against:
        """Nothing else is known yet, so these are the second numbers of what will be measured."""
        return "expected"

    @property
    def experiments(self) -> Sequence[str]:
        """All that will be run."""
        return tuple(name for name, e in self.spec.experiments.items() if e.not_run is None)

    def has_curves(self, name: str) -> bool:
        """Whether a course is expected of it on any metric."""
        return any(label.partition(" ")[0] == name for label in self._curves)

    def shown(self, name: str, key: str) -> Shown | None:
        """The expected number, in its table's unit."""
        view, metric_name = split_key(key)
        full = f"{view}/{metric_name}" if view else metric_name
        rows = [r for r in self.spec.reported if r.experiment == name and r.metric == full and r.number is not None]
        try:
            metric = metric_info(self.spec.experiments[name], key, self.spec.folder)
        except UnknownMetric:
            return None
        if not rows:
            return None
        return Shown(self._pair(rows[0]), metric, rows[0].unit, self._folds(rows[0]))

    def curve(self, label: str, name: str, key: str, x_axis: XAxis) -> Curve | None:
        """The expected course; its x counts what the experiment's training counts, steps or epochs."""
        points = self._curves.get(f"{name} {key}")
        if not points or x_axis != unit_of_x(self.spec, name):
            return None
        x, y = np.array(sorted(points), dtype=np.float64).T
        return Curve(label, x, y[None, :], expected=True)

    def dots(self) -> Sequence[Dots]:
        """One for each table of expected numbers, metric and unit; counts left out. Nothing is measured beside them."""
        groups: dict[tuple[str, str, str], list[Reported]] = {}
        for row in self.spec.reported:
            if row.number is not None and split_key(row.metric)[1] not in COUNTED:
                groups.setdefault((row.metric, row.unit, row.where), []).append(row)
        collected = []
        for (key, unit, where), rows in groups.items():
            metric = metric_info(self.spec.experiments[rows[0].experiment], key, self.spec.folder)
            base = self.shown(self.spec.baseline, key)
            named = None if base is None or base.pair.ours is None else (f"{base.pair.name}, expected", base.pair.ours)
            pairs = [self._alone(row) for row in rows]
            collected.append(
                Dots(where, metric, unit, pairs, named if base is not None and base.unit == unit else None)
            )
        return collected

    def counts(self, name: str, view: str) -> Counts | None:
        """None: what is taken for what does not follow from scores."""
        return None

    @property
    def _curves(self) -> dict[str, tuple[tuple[float, float], ...]]:
        return self.spec.extra.get("expected_curves") or {}

    def _pair(self, number: Reported) -> Pair:
        """As a run of all planned seeds would be shown."""
        assert number.number is not None
        experiment = self.spec.experiments[number.experiment]
        seeds = seeds_of(experiment)
        metric = metric_info(experiment, number.metric, self.spec.folder)
        row = replace(
            blank_row(self.spec, number.experiment, number.metric, number.unit, ""),
            mean=number.number.value,
            sd=sd_over_seeds(number, seeds),
            ci95=cut(interval_of(number, experiment), metric.bounds(number.unit), [number.number.value]),
            folds_planned=len(names_of(self.spec, experiment)),
        )
        return replace(pair(row), runs=seeds)

    def _alone(self, row: Reported) -> Pair:
        """As the second number beside one that is not measured yet."""
        assert row.number is not None
        title = self.spec.experiments[row.experiment].title or row.experiment
        return Pair(title, row.number.value, row.number.spread, None, None, 0)

    def _folds(self, row: Reported) -> FoldSeries | None:
        assert row.number is not None
        experiment = self.spec.experiments[row.experiment]
        names = names_of(self.spec, experiment)
        if not names or len(names) != len(row.number.folds):
            return None
        bars = {name: Bar(value) for name, value in zip(names, row.number.folds, strict=True)}
        title = experiment.title or row.experiment
        return FoldSeries(title, bars, Bar(row.number.value), planned=seeds_of(experiment))


def unit_of_x(spec: Spec, name: str) -> XAxis:
    """What the x of an experiment's expected curves counts: what its training counts."""
    return "step" if spec.experiments[name].training.steps else "epoch"
