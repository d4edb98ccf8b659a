"""What redrawing the test items does to our mean: each seed's score over all its folds, as a function of the draw."""

from collections.abc import Sequence
from math import isclose, isfinite

import numpy as np

from repro.results.item_noise import Array, bootstrap_sd
from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Runs, end_reader
from repro.results.values import items_behind
from repro.results.view_noise import Predictions, ViewNoise, view_noise
from repro.runs.record import Record
from repro.spec.experiment import Experiment


def item_sd(experiment: Experiment, metric: MetricInfo, runs: Runs, predictions: Predictions) -> float | None:
    """Sd of our mean over redrawn items, as values are stored; None where predictions are missing or do not lead to
    the recorded values.
    """
    sds = []
    for records in runs.done.values():
        noises = [_of_run(experiment, metric, record, predictions) for record in records]
        known = [noise for noise in noises if noise is not None]
        if len(known) < len(noises):
            return None
        counts = [items_behind(record, metric) or 1 for record in records]
        sds.append(known[0] if len(known) == 1 else over_folds(known, counts))
    if not sds or len({noise.items for noise in sds}) != 1:
        return None
    if any(not sds[0].drawn_like(noise) for noise in sds):
        return None
    return bootstrap_sd([noise.statistic for noise in sds], sds[0].items, clusters=sds[0].clusters)


def over_folds(folds: Sequence[ViewNoise], counts: Sequence[int]) -> ViewNoise:
    """The folds of one seed as one view of all their items, each fold counting by its ``counts`` items as drawn.

    Groups that bear one number in several folds are one, unless their numbers hold within a fold only.
    """
    ends = np.cumsum([fold.items for fold in folds])

    def pooled(weights: Array) -> float:
        pieces = np.split(weights, ends[:-1])
        scores = [
            (fold.statistic(piece), n * float(piece.mean()))
            for fold, piece, n in zip(folds, pieces, counts, strict=True)
        ]
        left = [(score, share) for score, share in scores if share > 0 and isfinite(score)]
        return float(np.average([s for s, _ in left], weights=[w for _, w in left])) if left else float("nan")

    return ViewNoise(pooled, int(ends[-1]), _clusters(folds), all(fold.across_folds for fold in folds))


def _clusters(folds: Sequence[ViewNoise]) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None":
    first = 0
    clusters = []
    for fold in folds:
        if fold.clusters is None:
            return None
        clusters.append(fold.clusters + (0 if fold.across_folds else first))
        first += int(fold.clusters.max()) + 1
    return np.concatenate(clusters)


def _of_run(experiment: Experiment, metric: MetricInfo, record: Record, predictions: Predictions) -> ViewNoise | None:
    noise = view_noise(experiment, metric, record, predictions)
    if noise is None:
        return None
    value = noise.statistic(np.ones(noise.items))
    return noise if isclose(value, end_reader(metric)(record), rel_tol=1e-3, abs_tol=1e-6) else None
