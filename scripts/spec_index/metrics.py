"""Metrics of torchmetrics: those that are one number of an output and a target."""

import inspect
from typing import Any

import torchmetrics
import torchmetrics.classification
import torchmetrics.regression

from .record import record, signature

TASKS = ("binary", "multiclass", "multilabel")
CLASSIFICATION = (
    "AUROC", "Accuracy", "AveragePrecision", "CalibrationError", "CohenKappa", "ExactMatch", "F1Score", "FBetaScore",
    "HammingDistance", "HingeLoss", "JaccardIndex", "MatthewsCorrCoef", "NegativePredictiveValue", "Precision",
    "Recall", "Specificity",
)  # fmt: skip
REGRESSION = (
    "ConcordanceCorrCoef", "CosineSimilarity", "ExplainedVariance", "KendallRankCorrCoef", "LogCoshError",
    "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError", "MeanSquaredLogError",
    "MinkowskiDistance", "NormalizedRootMeanSquaredError", "PearsonCorrCoef", "R2Score", "RelativeSquaredError",
    "SpearmanCorrCoef", "SymmetricMeanAbsolutePercentageError", "TweedieDevianceScore",
    "WeightedMeanAbsolutePercentageError",
)  # fmt: skip
PROPORTIONS = frozenset(CLASSIFICATION) - {"CohenKappa", "HingeLoss", "MatthewsCorrCoef"}
SAY_AVERAGE = frozenset({"F1Score", "FBetaScore", "NegativePredictiveValue", "Precision", "Recall", "Specificity"})
DIRECTION = {
    "ConcordanceCorrCoef": True, "CosineSimilarity": True, "KendallRankCorrCoef": True, "NegativePredictiveValue": True,
    "PearsonCorrCoef": True, "SpearmanCorrCoef": True, "MinkowskiDistance": False,
    "NormalizedRootMeanSquaredError": False, "RelativeSquaredError": False, "Specificity": True,
    "TweedieDevianceScore": False,
}  # fmt: skip
"""Is higher better, for the metrics where torchmetrics itself does not say; the two must not contradict each other."""

CURVES = frozenset({"ConfusionMatrix", "ROC", "PrecisionRecallCurve", "StatScores"})
REFUSE = {
    "task": "inferred",
    "num_classes": "inferred",
    "num_labels": "inferred",
    "num_outputs": "inferred",
    "multidim_average": "one number",
    "validate_args": "harness",
    "multioutput": "one number",
    "multioutput_weights": "one number",
    "reduction": "one number",
}
BASE = ("compute_on_cpu", "dist_sync_on_step", "process_group", "dist_sync_fn", "sync_on_compute")


def metrics() -> dict[str, Any]:
    """Metrics of torchmetrics by their common name (``Accuracy``, whichever task it is)."""
    classes = {name: _classification(name) for name in CLASSIFICATION}
    classes.update({name: _regression(name) for name in REGRESSION})
    left_out = {}
    for name in sorted(set(torchmetrics.__all__) - set(classes) - {"functional"}):
        left_out[name] = (
            "it is not one number; a figure of kind confusion draws it"
            if name == "ConfusionMatrix"
            else "it is not one number"
            if name in CURVES or "AtFixed" in name or "SensitivityAt" in name or "SpecificityAt" in name
            else "not supported yet"
        )
    return {"classes": dict(sorted(classes.items())), "left_out": left_out}


def _classification(name: str) -> dict[str, Any]:
    wrapper = getattr(torchmetrics, name)
    parameters = {n: p for n, p in signature(wrapper.__new__).items() if n != "cls"}
    tasks, direction = [], set()
    for task in TASKS:
        cls = getattr(torchmetrics.classification, task.capitalize() + name, None)
        if cls is None:
            continue
        tasks.append(task)
        direction.add(cls.higher_is_better)
        for argument, parameter in signature(cls.__init__).items():
            if parameter.kind is not parameter.VAR_KEYWORD:
                parameters.setdefault(argument, parameter)
    (up,) = direction
    made = _finish(name, wrapper, parameters, up)
    made["tasks"] = tasks
    return made


def _regression(name: str) -> dict[str, Any]:
    cls = getattr(torchmetrics, name)
    return _finish(name, cls, signature(cls.__init__), cls.higher_is_better)


def _finish(name: str, cls: Any, parameters: dict[str, inspect.Parameter], up: bool | None) -> dict[str, Any]:
    ours = DIRECTION.get(name)
    if up is None and ours is None:
        raise ValueError(f"{name}: torchmetrics does not say which direction is better; say it in DIRECTION")
    if up is not None and ours is not None and up is not ours:
        raise ValueError(f"{name}: torchmetrics says that higher_is_better is {up}, DIRECTION that it is {ours}")
    up = up if ours is None else ours
    types = {}
    if "average" in parameters:
        words = [w for w in ("micro", "macro", "weighted") if w in str(parameters["average"].annotation)]
        types["average"] = " | ".join(f"'{w}'" for w in words)
    if name == "CalibrationError":
        types["norm"] = "'l1' | 'l2' | 'max'"
    made = record(name, f"torchmetrics.{name}", parameters, cls.__doc__ or "", types=types, refuse=REFUSE)
    made["refused"].update(dict.fromkeys(BASE, "harness"))
    made["direction"] = "max" if up else "min"
    made["proportion"] = name in PROPORTIONS
    if made["proportion"] and (cls.plot_lower_bound, cls.plot_upper_bound) not in ((0.0, 1.0), (None, None)):
        raise ValueError(f"{name} is called a proportion but torchmetrics draws it outside 0..1")
    if name in SAY_AVERAGE:
        made["say_average"] = True
    return made
