"""Test items that are tied together (clips of one speaker): how much less they tell than as many independent ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

import numpy as np
from numpy.typing import NDArray

from repro.results.item_noise import predicted_classes
from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Runs, end_reader
from repro.results.view_noise import Predictions, arrays_of
from repro.runs.record import Record
from repro.spec.experiment import Experiment

Right = NDArray[np.float64]


@dataclass(frozen=True)
class ItemGroups:
    """``groups`` groups of ``size`` items in the mean; ``icc`` is how alike the items of one are, None where nobody can
    tell (one group); ``effect`` is D, by which the variance of a share of items is larger than the binomial one.
    """

    groups: int
    size: float
    icc: float | None

    @property
    def effect(self) -> float | None:
        """D = 1 + (mean group size - 1) * ICC (Kish 1965); None where the ICC is not known and matters.

        >>> ItemGroups(groups=4, size=5.0, icc=0.25).effect, ItemGroups(groups=20, size=1.0, icc=None).effect
        (2.0, 1.0)
        """
        if self.size == 1:
            return 1.0
        return None if self.icc is None else 1 + (self.size - 1) * self.icc


def tied_items(experiment: Experiment, metric: MetricInfo, runs: Runs, predictions: Predictions) -> ItemGroups | None:
    """Groups of the items that a share of right ones is taken of, all folds of a seed together; the ICC is the mean
    over seeds.

    None where the groups or predictions were not kept, or do not lead to the recorded value.
    """
    per_seed = []
    for records in runs.done.values():
        pieces = [_right(experiment, metric, record, predictions) for record in records]
        complete = [piece for piece in pieces if piece is not None]
        if len(complete) < len(pieces):
            return None
        right, groups = (np.concatenate(arrays) for arrays in zip(*complete, strict=True))
        per_seed.append((icc(right, groups), len(np.unique(groups)), len(groups)))
    if not per_seed:
        return None
    known = [alike for alike, _, _ in per_seed if alike is not None]
    _, groups_there, items = per_seed[0]
    return ItemGroups(groups_there, items / groups_there, _mean(known) if len(known) == len(per_seed) else None)


def icc(values: Right, groups: NDArray[np.int64]) -> float | None:
    """Intraclass correlation by one-way analysis of variance, not below 0; None where no group has a second item, or
    where there is one group.

    (MSB - MSW) / (MSB + (n0 - 1) MSW), n0 = (N - sum n_i^2 / N) / (k - 1) for groups of n_i items: Donner (1986),
    "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects model",
    International Statistical Review 54, 67-82. For right and wrong items Ridout, Demetrio and Firth (1999), Biometrics
    55, 137-148, compare it with others. ``values`` and ``groups`` are (N,).

    >>> icc(np.array([1.0, 1.0, 0.0, 0.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    codes = np.unique(groups, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(codes)
    n, k = len(values), len(sizes)
    if k < 2 or n == k:
        return None
    means = np.bincount(codes, weights=values) / sizes
    between = float(np.sum(sizes * (means - values.mean()) ** 2)) / (k - 1)
    within = float(np.sum((values - means[codes]) ** 2)) / (n - k)
    size = (n - float(np.sum(sizes.astype(np.float64) ** 2)) / n) / (k - 1)
    below = between + (size - 1) * within
    return max(0.0, (between - within) / below) if below > 0 else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _right(
    experiment: Experiment, metric: MetricInfo, record: Record, predictions: Predictions
) -> tuple[Right, NDArray[np.int64]] | None:
    arrays = arrays_of(experiment, metric.view, record, predictions)
    if arrays is None or "group" not in arrays:
        return None
    classes = predicted_classes(arrays)
    if classes is None or not len(classes):
        return None
    right = (classes == np.asarray(arrays["target"])).astype(np.float64)
    share = 100 * float(right.mean())
    value = share if metric.direction == "max" else 100 - share
    if not isclose(value, end_reader(metric)(record), rel_tol=1e-3, abs_tol=1e-6):
        return None
    return right, np.asarray(arrays["group"], dtype=np.int64)
