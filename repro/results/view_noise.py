"""The kept predictions of one view, as a function of how often each test item is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repro.results.class_names import class_names
from repro.results.item_noise import Array, Statistic, predicted_classes, statistic
from repro.results.metric_info import MetricInfo
from repro.runs.record import Record
from repro.spec.experiment import Experiment, Only
from repro.spec.keywords import VIEWS
from repro.spec.view_recipe import kept_as, view_recipe

Arrays = Mapping[str, NDArray[Any]]

Predictions = Callable[..., Arrays | None]
"""Gives what was kept of a record's predictions: ``predictions(record)`` of the test items (``predicted``, ``target``,
``items``), ``predictions(record, view)`` of another view; None where there are none."""


@dataclass(frozen=True, eq=False)
class ViewNoise:
    """A metric of a view as a function of how often each of ``items`` things counts; ``clusters`` are drawn whole.

    ``across_folds`` says whether the numbers of the clusters mean the same in every fold.
    """

    statistic: Statistic
    items: int
    clusters: NDArray[np.int64] | None = None
    across_folds: bool = True

    def drawn_like(self, other: "ViewNoise") -> bool:
        """Whether drawing items again means the same for both."""
        if self.clusters is None or other.clusters is None:
            return self.clusters is other.clusters
        return np.array_equal(self.clusters, other.clusters)


def view_noise(
    experiment: Experiment, metric: MetricInfo, record: Record, predictions: Predictions
) -> ViewNoise | None:
    """What redrawing test items does to a metric of a view; None where it cannot be known.

    Items are drawn one by one; the segments of one item together; the items together that the splits keep together;
    with a mean over groups whole groups. A view of some items takes those that are left of what was drawn.
    """
    arrays = _kept(experiment, metric.view, record, predictions)
    if arrays is None or metric.name not in experiment.metrics:
        return None
    left = _left(experiment, metric.view, arrays)
    if left is None or not left.any():
        return None
    entry = experiment.metrics[metric.name]
    full_value = statistic(metric, entry, {name: arrays[name][left] for name in ("predicted", "target")})
    if full_value is None:
        return None
    groups = arrays.get("groups")
    if groups is None:
        tied = arrays.get("group", arrays["items"] if "segments" in arrays else None)
        clusters = None if tied is None else np.asarray(tied, dtype=np.int64)
        return ViewNoise(lambda weights: _of_some(full_value, weights[left]), len(left), clusters)
    numbers = np.asarray(groups, dtype=np.int64)
    of_left = numbers[left]
    present = np.unique(of_left)
    each = np.array([full_value((of_left == number).astype(np.float64)) for number in present])
    defined = np.isfinite(each)
    first = np.array([np.flatnonzero(numbers == number)[0] for number in present])

    def mean(weights: Array) -> float:
        times = weights[first] * defined
        return float(np.average(np.where(defined, each, 0.0), weights=times)) if times.any() else float("nan")

    wider = _around(numbers, arrays.get("group"))
    return ViewNoise(mean, len(left), numbers if wider is None else wider, across_folds=wider is not None)


def _around(groups: NDArray[np.int64], tied: NDArray[Any] | None) -> NDArray[np.int64] | None:
    """What the splits keep together, where each group that means are taken over lies whole in one such; else None."""
    if tied is None:
        return None
    wider = np.asarray(tied, dtype=np.int64)
    is_nested = all(len(np.unique(wider[groups == number])) == 1 for number in np.unique(groups))
    return wider if is_nested else None


def _of_some(full_statistic: Statistic, weights: Array) -> float:
    return full_statistic(weights) if weights.any() else float("nan")


def arrays_of(experiment: Experiment, view: str, record: Record, predictions: Predictions) -> Arrays | None:
    """``predicted`` and ``target`` of the items that a view looks at, and their ``group`` where the splits have one."""
    arrays = _kept(experiment, view, record, predictions)
    left = None if arrays is None else _left(experiment, view, arrays)
    if arrays is None or left is None:
        return None
    return {name: arrays[name][left] for name in ("predicted", "target", "group") if name in arrays}


def _kept(experiment: Experiment, view: str, record: Record, predictions: Predictions) -> Arrays | None:
    """What was kept of all items that a view may look at; with ``groups`` where it takes means over them."""
    if view not in VIEWS and view not in experiment.views:
        return None
    base = kept_as(experiment, view)
    arrays = predictions(record) if base == "test" else predictions(record, base)
    if arrays is None or "predicted" not in arrays:
        return None
    if view in experiment.views and view_recipe(experiment, view).mean_over is not None:
        own = predictions(record, view)
        if own is None or "groups" not in own:
            return None
        return {**arrays, "groups": own["groups"]}
    return {name: array for name, array in arrays.items() if name != "groups"}


def _left(experiment: Experiment, view: str, arrays: Arrays) -> NDArray[np.bool_] | None:
    """Which items a view looks at, ``(n,)``; None where nobody knows the classes."""
    only = view_recipe(experiment, view).only if view in experiment.views else None
    if only is None:
        return np.ones(len(arrays["target"]), dtype=np.bool_)
    class_indices = _wanted(experiment, only)
    classes = predicted_classes(arrays) if only.predicted else np.asarray(arrays["target"])
    return None if class_indices is None or classes is None else np.isin(classes, class_indices)


def _wanted(experiment: Experiment, only: Only) -> list[int] | None:
    names = class_names(experiment)
    if names is None or any(name not in names for name in only.classes):
        return None
    return [names.index(name) for name in only.classes]
