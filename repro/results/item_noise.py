"""How much a metric that is no share of items changes when the test items are drawn again: a bootstrap over items."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from repro.results.metric_info import BINOMIAL, MetricInfo
from repro.spec.part import Entry

Array = NDArray[np.float64]
Statistic = Callable[[Array], float]
"""Value of a metric when item i counts ``weights[i]`` times; weights (n,)."""

DRAWS = 2000
"""Of items. The standard error of an sd from so many normal draws is 1.6 % of it."""

SEED = 0
"""Of the generator, so that the same predictions always give the same number."""


def bootstrap_sd(
    statistics: Sequence[Statistic], n: int, *, clusters: NDArray[np.int64] | None = None, draws: int = DRAWS
) -> float:
    """Sd, over redrawn items, of the mean of ``statistics`` (one a seed, all on the same n items).

    A draw takes as many items as there are, with replacement, the same for all seeds. A draw on which a metric has no
    value is left out.

    Args:
        statistics: of each seed; what one gives is in the unit of the metric as stored.
        n: items.
        clusters: int (n,), of each item; whole clusters are drawn where it is given, so that items which belong
            together come and go together.
        draws: how often.

    """
    generator = np.random.Generator(np.random.PCG64(SEED))
    members = np.arange(n) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    groups = int(members.max()) + 1
    values = np.empty(draws)
    for draw in range(draws):
        times = np.bincount(generator.integers(0, groups, groups), minlength=groups)
        weights = times[members].astype(np.float64)
        values[draw] = np.mean([statistic(weights) for statistic in statistics])
    return float(np.nanstd(values, ddof=1))


def statistic(measured: MetricInfo, entry: Entry, arrays: Mapping[str, NDArray[np.generic]]) -> Statistic | None:
    """The metric as a function of item weights, from kept predictions; None for one that this module does not know.

    ``arrays`` holds ``predicted`` and ``target``, (n,) class numbers or (n,) or (n, m) real numbers; class scores
    (n, classes) count as the class of the largest one. Proportions come out in percent, as they are stored.
    """
    predicted, target = np.asarray(arrays["predicted"]), np.asarray(arrays["target"])
    if measured.class_name in ("MeanSquaredError", "MeanAbsoluteError") and predicted.shape == target.shape:
        return _of_errors(measured.class_name, entry, predicted, target)
    if target.ndim != 1 or not np.issubdtype(target.dtype, np.integer):
        return None
    classes = predicted_classes(arrays)
    if classes is not None and measured.class_name in BINOMIAL and entry.args.get("average", "micro") == "micro":
        return _of_rights(measured.class_name, classes == target)
    if measured.class_name in BY_CLASS and classes is not None:
        return _of_classes(measured.class_name, entry, classes, target.astype(np.int64))
    return None


def predicted_classes(arrays: Mapping[str, NDArray[np.generic]]) -> NDArray[np.int64] | None:
    """The predicted class of each item, (n,): as kept, or that of the largest output of (n, classes).

    None where ``predicted`` is neither.
    """
    predicted = np.asarray(arrays["predicted"])
    if predicted.ndim == 2 and predicted.shape[1] > 1:
        return np.asarray(predicted.argmax(axis=1), dtype=np.int64)
    if predicted.ndim == 1 and np.issubdtype(predicted.dtype, np.integer):
        return np.asarray(predicted, dtype=np.int64)
    return None


def _of_errors(name: str, entry: Entry, predicted: NDArray[np.generic], target: NDArray[np.generic]) -> Statistic:
    errors = (predicted.astype(np.float64) - target.astype(np.float64)).reshape(len(target), -1)
    per_item = np.mean(errors**2 if name == "MeanSquaredError" else np.abs(errors), axis=1)
    root = name == "MeanSquaredError" and entry.args.get("squared", True) is False

    def value(weights: Array) -> float:
        mean = float(np.average(per_item, weights=weights))
        return float(np.sqrt(mean)) if root else mean

    return value


def _of_rights(name: str, right: NDArray[np.bool_]) -> Statistic:
    counted = 100.0 * (right if name == "Accuracy" else ~right)
    return lambda weights: float(np.average(counted, weights=weights))


def _of_classes(name: str, entry: Entry, predicted: NDArray[np.int64], target: NDArray[np.int64]) -> Statistic | None:
    average = entry.args.get("average")
    if average not in ("macro", "weighted"):
        return None
    classes = int(max(predicted.max(), target.max())) + 1
    cells = target * classes + predicted
    per_class = BY_CLASS[name]

    def value(weights: Array) -> float:
        counted = np.bincount(cells, weights=weights, minlength=classes * classes)
        table = counted.astype(np.float64).reshape(classes, classes)
        scores, support = per_class(table), table.sum(axis=1)
        defined = np.isfinite(scores)
        shares = (support if average == "weighted" else np.ones_like(support)) * defined
        return 100 * float(np.average(np.where(defined, scores, 0.0), weights=shares)) if shares.any() else np.nan

    return value


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _recall(table: Array) -> Array:
    return _ratio(np.diag(table).copy(), table.sum(axis=1))


def _precision(table: Array) -> Array:
    return _ratio(np.diag(table).copy(), table.sum(axis=0))


def _f1(table: Array) -> Array:
    return _ratio(2 * np.diag(table), table.sum(axis=0) + table.sum(axis=1))


BY_CLASS: Mapping[str, Callable[[Array], Array]] = {
    "Accuracy": _recall,
    "Recall": _recall,
    "Precision": _precision,
    "F1Score": _f1,
}
"""Score of each class from a confusion table (target, predicted), nan where it has none; macro accuracy is the mean
recall of the classes that have items.
"""
