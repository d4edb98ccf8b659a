"""A metric on the test items of all folds together, from the kept predictions: the form that no empty fold disturbs."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repro.results.class_names import class_names
from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Runs
from repro.results.view_noise import Predictions, arrays_of
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import view_recipe

Array = NDArray[Any]


def pooled_over_folds(experiment: Experiment, metric: MetricInfo, runs: Runs, predictions: Predictions) -> float | None:
    """The mean over seeds of the metric on all folds' items at once, as stored; None where predictions were not kept
    for it, or the metric is own code, a mean over groups, or one of numbers.
    """
    entry = experiment.metrics.get(metric.name)
    grouped = metric.view in experiment.views and view_recipe(experiment, metric.view).mean_over is not None
    names = class_names(experiment)
    if entry is None or entry.own is not None or grouped or not names:
        return None
    values = []
    for records in runs.done.values():
        arrays = _joined(experiment, metric, records, predictions)
        value = None if arrays is None else _value(experiment, metric.name, names, *arrays)
        if value is None or isnan(value):
            return None
        values.append(value)
    return sum(values) / len(values) if values else None


def _joined(
    experiment: Experiment, metric: MetricInfo, records: Sequence[Record], predictions: Predictions
) -> tuple[Array, Array] | None:
    pieces = [arrays_of(experiment, metric.view, record, predictions) for record in records]
    available = [(np.asarray(piece["predicted"]), np.asarray(piece["target"])) for piece in pieces if piece is not None]
    if len(available) < len(pieces):
        return None
    predicted, target = (np.concatenate(arrays) for arrays in zip(*available, strict=True))
    return (predicted, target) if predicted.ndim == 2 else None


def _value(
    experiment: Experiment, name: str, classes: tuple[str, ...], predicted: Array, target: Array
) -> float | None:
    """The metric as a run takes it. Torch is imported here, where it is needed: a table by itself needs none."""
    import torch

    from repro.data.prepared import Target
    from repro.training.module import make_metrics

    label = str(experiment.metrics[name].args.get("label", next(iter(experiment.labels))))
    reduced = experiment.model_copy(update={"metrics": {name: experiment.metrics[name]}})
    targets = {key: Target(key, "class", classes) for key in experiment.labels}
    metric = make_metrics(reduced, targets, Path())[label][name]  # no own metric comes here, so no folder is read
    metric.update(torch.from_numpy(predicted.astype(np.float32)), torch.from_numpy(target.astype(np.int64)))
    return metric.read()
