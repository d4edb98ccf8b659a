"""Where a metric has no value on some items: its formula divides by zero, as recall does without a positive item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from repro.training.outcome import LeftOut

Counts = tuple[Tensor, Tensor, Tensor, Tensor]
"""True positives, false positives, true negatives and false negatives, each ``(C,)`` or one number."""

_NO_ITEM = "no item of {it}"
_NO_OTHER = "no item of another class"
_NEVER = "none predicted as {it}"
_ONE_CLASS = "one class only among the labels or the predictions"
_EQUAL_TARGETS = "all targets are equal"
_EQUAL = "all targets or all predictions are equal"

_DENOMINATORS: Mapping[str, tuple[Callable[[Tensor, Tensor, Tensor, Tensor], Tensor], str]] = {
    "Recall": (lambda tp, fp, tn, fn: tp + fn, _NO_ITEM),
    "Precision": (lambda tp, fp, tn, fn: tp + fp, _NEVER),
    "Specificity": (lambda tp, fp, tn, fn: tn + fp, _NO_OTHER),
    "NegativePredictiveValue": (lambda tp, fp, tn, fn: tn + fn, "none predicted as another class"),
    "F1Score": (lambda tp, fp, tn, fn: tp + fp + fn, f"{_NO_ITEM} and {_NEVER}"),
    "FBetaScore": (lambda tp, fp, tn, fn: tp + fp + fn, f"{_NO_ITEM} and {_NEVER}"),
    "JaccardIndex": (lambda tp, fp, tn, fn: tp + fp + fn, f"{_NO_ITEM} and {_NEVER}"),
    "Accuracy": (lambda tp, fp, tn, fn: tp + fn, _NO_ITEM),
    "HammingDistance": (lambda tp, fp, tn, fn: tp + fn, _NO_ITEM),
}
"""What each class's score is divided by, and what it means that this is 0."""

_OF_ALL_ITEMS = ("Accuracy", "HammingDistance")
"""Those that are a share of all items where they are not taken class by class."""

EQUAL_TARGETS = frozenset({"R2Score", "ExplainedVariance", "RelativeSquaredError"})
CORRELATIONS = frozenset({"PearsonCorrCoef", "SpearmanCorrCoef", "KendallRankCorrCoef", "ConcordanceCorrCoef"})
RELATIVE = frozenset(
    {"MeanAbsolutePercentageError", "WeightedMeanAbsolutePercentageError", "NormalizedRootMeanSquaredError"}
)
OF_SPREAD = EQUAL_TARGETS | CORRELATIONS | RELATIVE
"""Metrics of numbers whose value needs numbers that differ, or that are not 0."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """``without`` is True for each class, ``(C,)``, or each output, that has no value, or for the one number, ``()``;
    ``why`` in words, ``{it}`` standing for the class. ``weights`` are those of a weighted mean over classes.
    """

    without: Tensor
    why: str
    weights: Tensor | None = None


class Extent:
    """The extent of the numbers that a metric took in: what says that all were equal, or 0. Stays on the device."""

    def __init__(self) -> None:
        self.items = 0
        self.values: dict[str, Tensor] = {}

    def add(self, predicted: Tensor, target: Tensor) -> None:
        """Take in further numbers, each ``(N, ...)``."""
        if not len(target):
            return
        self.items += len(target)
        for name, numbers in (("predicted", predicted), ("target", target)):
            flat = numbers.detach().reshape(len(numbers), -1)
            self._keep(f"{name} low", flat.amin(0), torch.minimum)
            self._keep(f"{name} high", flat.amax(0), torch.maximum)
            self._keep(f"{name} nearest", flat.abs().amin(0), torch.minimum)

    def _keep(self, name: str, value: Tensor, more: Callable[[Tensor, Tensor], Tensor]) -> None:
        known = self.values.get(name)
        self.values[name] = value if known is None else more(known, value)

    def equal(self, name: str) -> Tensor:
        """Whether all of ``predicted`` or ``target`` are equal, for each output; fewer than two always are."""
        equal = self.values[f"{name} low"] == self.values[f"{name} high"]
        return equal if self.items > 1 else torch.ones_like(equal)


def gaps(metric: Any, name: str, extent: Extent | None) -> Gaps | None:
    """Where a torchmetrics metric of this name has no value on what it took in; None where that cannot be told here.

    Args:
        metric: after its updates, with its state.
        name: the task-free name, such as ``Recall``.
        extent: of a metric in ``OF_SPREAD`` what it took in.

    """
    if extent is not None:
        return _of_numbers(metric, name, extent) if extent.items else Gaps(torch.tensor(True), "no item is left")
    if name in ("AUROC", "AveragePrecision"):
        return _of_ranking(metric, name)
    if name in ("MatthewsCorrCoef", "CohenKappa"):
        return _of_table(metric.confmat, name)
    if name not in _DENOMINATORS:
        return None
    counts = _from_table(metric.confmat) if hasattr(metric, "confmat") else (metric.tp, metric.fp, metric.tn, metric.fn)
    tp, fp, _, fn = counts
    binary = type(metric).__name__.startswith("Binary")
    if name in _OF_ALL_ITEMS and (binary or tp.numel() == 1):
        return Gaps(sum(counts, torch.zeros_like(tp)).sum() == 0, "no item is left")
    below, why = _DENOMINATORS[name]
    if binary and hasattr(metric, "confmat"):
        counts = tuple(reduced[1] for reduced in counts)  # type: ignore[assignment]
    without = below(*counts) == 0
    if binary or tp.numel() == 1:
        return Gaps(without.reshape(()), why)
    if metric.average not in ("macro", "weighted"):
        return None
    absent = tp + fp + fn == 0  # torchmetrics leaves these out of every macro mean, whatever is divided by
    return Gaps(without | absent, why, tp + fn if metric.average == "weighted" else None)


def mean_of_rest(metric: Any, undefined: Gaps) -> float:
    """The metric's mean over the classes, or outputs, that have a value."""
    word, usual = ("average", metric.average) if hasattr(metric, "average") else ("multioutput", metric.multioutput)
    try:
        setattr(metric, word, "none" if word == "average" else "raw_values")
        metric._computed = None
        each = metric.compute().double()
    finally:
        setattr(metric, word, usual)
        metric._computed = None
    left = ~undefined.without
    weights = left.double() if undefined.weights is None else undefined.weights.double() * left
    return float((each[left] * weights[left]).sum() / weights.sum())


def left_out(undefined: Gaps, classes: Sequence[str], positive: str | None) -> LeftOut | None:
    """What has no value, by name; None where everything has one."""
    without = undefined.without.tolist()
    if not isinstance(without, list):
        return LeftOut("value", 1, 1, (), undefined.why.format(it=positive or "the class")) if without else None
    kind = "class" if len(without) == len(classes) else "output"
    names = tuple(classes) if kind == "class" else tuple(map(str, range(len(without))))
    out = tuple(name for name, gap in zip(names, without, strict=True) if gap)
    if not out:
        return None
    why = undefined.why.format(it="it")
    return LeftOut("value", 1, 1, (), why) if len(out) == len(names) else LeftOut(kind, len(out), len(names), out, why)


def _from_table(table: Tensor) -> Counts:
    """Counts of each class from a confusion table (target, predicted)."""
    tp = table.diagonal()
    fp, fn = table.sum(0) - tp, table.sum(1) - tp
    return tp, fp, table.sum() - tp - fp - fn, fn


def _of_ranking(metric: Any, name: str) -> Gaps:
    multiclass = hasattr(metric, "num_classes")
    if metric.thresholds is None:
        targets = [batch.flatten() for batch in metric.target]
        target = torch.cat(targets) if targets else torch.zeros(0, dtype=torch.long)
        items = torch.tensor(len(target), device=target.device)
        positives = torch.bincount(target.long(), minlength=metric.num_classes) if multiclass else target.sum()
    else:
        first = metric.confmat[0]  # (..., target, score reaches the lowest threshold)
        positives, items = first[..., 1, :].sum(-1), first.flatten(-2).sum(-1)
    without = positives == 0
    if name == "AUROC":
        without = without | (positives == items)
    why = _NO_ITEM if name == "AveragePrecision" or bool((positives == 0).any()) else _NO_OTHER
    return Gaps(without, why, positives if getattr(metric, "average", None) == "weighted" else None)


def _of_table(table: Tensor, name: str) -> Gaps:
    rows, columns = table.sum(1), table.sum(0)
    one_label, one_answer = (rows > 0).sum() < 2, (columns > 0).sum() < 2
    if name == "MatthewsCorrCoef":
        return Gaps(one_label | one_answer, _ONE_CLASS)
    same = (rows * columns).sum() == rows.sum() ** 2  # all agreement is by chance
    return Gaps(same, "one class only among labels and predictions")


def _of_numbers(metric: Any, name: str, extent: Extent) -> Gaps:
    target = extent.equal("target")
    if name in CORRELATIONS:
        return Gaps((target | extent.equal("predicted")).all(), _EQUAL)
    if name in EQUAL_TARGETS:
        each = target if len(target) > 1 and getattr(metric, "multioutput", None) == "uniform_average" else target.all()
        return Gaps(each, _EQUAL_TARGETS)
    if name == "MeanAbsolutePercentageError":
        return Gaps((extent.values["target nearest"] == 0).any(), "a target is 0")
    largest = torch.maximum(extent.values["target low"].abs(), extent.values["target high"].abs())
    if name == "WeightedMeanAbsolutePercentageError" or metric.normalization == "l2":
        return Gaps((largest == 0).all(), "all targets are 0")
    if metric.normalization == "mean":
        return Gaps((torch.as_tensor(metric.mean_val) == 0).all(), "the mean of the targets is 0")
    return Gaps(target.all(), _EQUAL_TARGETS)
