"""The standard metric of the task beside one that goes by another name, from the same predictions."""

import numpy as np

from repro.results.item_noise import predicted_classes
from repro.results.metric_info import BINOMIAL, MetricInfo
from repro.results.runs_by_experiment import Runs
from repro.results.view_noise import Predictions, arrays_of
from repro.results.wording import fixed, short
from repro.spec.experiment import Experiment


def standard_note(
    experiment: Experiment, metric: MetricInfo, runs: Runs, predictions: Predictions | None
) -> tuple[str, ...]:
    """Accuracy, or for numbers the mean absolute error, of the predictions that a metric of another name, or of own
    code, is taken on; mean over seeds and folds, every item counting the same. Nothing where the metric goes by its
    class's name, or where predictions were not kept.
    """
    entry = experiment.metrics.get(metric.name)
    if entry is None or metric.binomial or predictions is None or not runs.done:
        return ()
    if entry.own is None and metric.name.lower().replace("-", "") == entry.name.lower():
        return ()
    right, errors = [], []
    for record in runs.records:
        arrays = arrays_of(experiment, metric.view, record, predictions)
        if arrays is None or not len(arrays["target"]):
            return ()
        target = np.asarray(arrays["target"])
        if np.issubdtype(target.dtype, np.integer):
            classes = predicted_classes(arrays)
            if classes is None:
                return ()
            right.append(classes == target)
        elif np.asarray(arrays["predicted"]).shape == target.shape:
            errors.append(np.abs(np.asarray(arrays["predicted"], dtype=np.float64) - target).reshape(len(target), -1))
    if right:
        return (f"{BINOMIAL[0]} of the same predictions: {fixed(100 * float(np.concatenate(right).mean()), 2)} %",)
    if errors:
        return (f"MeanAbsoluteError of the same predictions: {short(float(np.concatenate(errors).mean()))}",)
    return ()
