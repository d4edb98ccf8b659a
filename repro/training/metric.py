"""Metrics by torchmetrics' own names, made for one label, fed with what a net gives, read once a pass."""

import warnings
from collections.abc import Callable, Mapping
from math import isnan
from pathlib import Path
from typing import Any

import torch
import torchmetrics
from torch import Tensor, nn

from repro.data.prepared import Target
from repro.spec.class_facts import MetricFacts
from repro.spec.index import index
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.training import count_metric
from repro.training.class_lookup import find_class, make, takes
from repro.training.loss import as_output, probabilities
from repro.training.outcome import LeftOut
from repro.training.undefined import OF_SPREAD, Extent, gaps, left_out, mean_of_rest

_ON_PREDICTED_CLASS = frozenset(
    {
        "Accuracy", "CohenKappa", "ErrorRate", "F1Score", "FBetaScore", "HammingDistance", "JaccardIndex",
        "MatthewsCorrCoef", "NegativePredictiveValue", "Precision", "Recall", "Specificity",
    }
)  # fmt: skip


OwnMetric = Callable[[Entry, str], tuple[Any, bool]]
"""Gives the metric that an entry of own code names, for a label, and whether it is a proportion."""


class LabelMetric(nn.Module):
    """One metric of one label.

    Classes: the metric gets the predicted class where it is a function of that, else class probabilities; with a
    ``positive`` class (of two) it looks at that class alone. Numbers: outputs and targets in the label's own unit,
    whatever the net was trained on. A proportion is given in percent.
    """

    def __init__(
        self,
        entry: Entry,
        target: Target,
        folder: Path,
        *,
        loss: str,
        positive: str | None = None,
        own: OwnMetric | None = None,
    ) -> None:
        super().__init__()
        self.target = target
        self.loss = loss
        self.classes = len(target.classes or ())
        self.positive = target.classes.index(positive) if positive is not None and target.classes else None
        self.own = entry.own is not None
        self.name = entry.name
        self.says_zero = "zero_division" in entry.args
        self.on_class = entry.name in _ON_PREDICTED_CLASS and int(entry.args.get("top_k", 1)) == 1
        self._extent: Extent | None = None
        self.metric: Any
        if self.own and own is not None:
            self.metric, self.percent = own(entry, target.name)
            return
        cls = find_class(entry, "metric", folder)
        self.percent = bool(getattr(cls, "proportion", False)) if self.own else index().metric(entry.name).proportion
        if (
            entry.name == "Accuracy"
            and set(entry.args) <= {"average"}
            and entry.args.get("average", "micro") == "micro"
        ):
            self.metric = count_metric.Accuracy()
        else:
            self.metric = make(entry, cls, inferred=self._inferred(entry, cls))
        self._check_one_number(entry)

    def update(self, output: Tensor, target: Tensor) -> None:
        """Take in the net's output and the batch's target of further items. Nothing leaves the device."""
        if self.target.kind == "class" and target.is_floating_point():
            target = target.argmax(1)  # a mixture, in training: the class with the largest share counts
        if self.own:
            self.metric.update(output, target)
        elif self.target.kind == "class":
            self.metric.update(*self._classes(output, target))
        else:
            predicted, truth = in_own_unit(output, target, self.target)
            if self.name in OF_SPREAD:
                self._extent = self._extent or Extent()
                self._extent.add(predicted, truth)
            self.metric.update(predicted, truth)

    def read(self) -> float:
        """The metric of all items since the last reading, in percent if it is a proportion; then start anew.

        Classes without a value are left out of a mean over classes; nan where nothing has one.
        """
        return self.take()[0]

    def take(self) -> tuple[float, LeftOut | None]:
        """What :meth:`read` gives, and what that leaves out."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torchmetrics warns where a class has no items: said by ``left_out``
                value, without = self._value()
        finally:
            self.metric.reset()
            self._extent = None
        return round(100.0 * value, 10) if self.percent else value, without

    def _value(self) -> tuple[float, LeftOut | None]:
        if self.own or self.says_zero:
            return float(self.metric.compute()), None
        if self.name in OF_SPREAD and self._extent is None:
            return float("nan"), LeftOut("value", 1, 1, (), "no item is left")
        undefined = (
            None if isinstance(self.metric, count_metric.Accuracy) else gaps(self.metric, self.name, self._extent)
        )
        classes = self.target.classes or ()
        without = None
        if undefined is not None:
            without = left_out(undefined, classes, None if self.positive is None else classes[self.positive])
        if without is not None and without.kind == "value":
            return float("nan"), without
        if undefined is not None and without is not None:
            return mean_of_rest(self.metric, undefined), without
        return float(self.metric.compute()), None

    def forget(self) -> None:
        """Start anew without reading."""
        self.metric.reset()
        self._extent = None

    @property
    def keeps_state(self) -> bool:
        """Whether what the metric has taken in can be kept in a checkpoint."""
        return isinstance(self.metric, torchmetrics.Metric | count_metric.Accuracy)

    def kept_state(self) -> dict[str, Any]:
        """What the metric has taken in since the last reading, as plain values and tensors."""
        if isinstance(self.metric, count_metric.Accuracy):
            return self.metric.kept_state()
        assert isinstance(self.metric, torchmetrics.Metric)
        state: dict[str, Any] = {"updates": self.metric.update_count, "states": dict(self.metric.metric_state)}
        if self._extent is not None:
            state["extent"] = {"items": self._extent.items, "values": dict(self._extent.values)}
        return state

    def put_back(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Go on from a state that :meth:`kept_state` gave, with tensors on ``device``."""
        if isinstance(self.metric, count_metric.Accuracy):
            self.metric.put_back(state)
            return
        for name, value in state["states"].items():
            moved = [v.to(device) for v in value] if isinstance(value, list) else value.to(device)
            setattr(self.metric, name, moved)
        self.metric._update_count = state["updates"]
        if "extent" in state:
            self._extent = Extent()
            self._extent.items = state["extent"]["items"]
            self._extent.values = {name: value.to(device) for name, value in state["extent"]["values"].items()}

    def _classes(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        if self.on_class:
            predicted = output.argmax(1)
            if self.positive is None or isinstance(self.metric, count_metric.Accuracy):
                return predicted, target
            return (predicted == self.positive).long(), (target == self.positive).long()
        chances = probabilities(output, self.loss)
        if self.positive is None:
            return chances, target
        return chances[:, self.positive], (target == self.positive).long()

    def _inferred(self, entry: Entry, cls: type) -> dict[str, Any]:
        if self.own or entry.name == "ErrorRate":
            return {}
        facts = index().metric(entry.name)
        if self.target.kind != "class":
            if facts.tasks:
                raise _problem(entry, f"{entry.name} is a metric for classes; {self.target.name!r} holds numbers")
            return {}
        if not facts.tasks:
            raise _problem(entry, f"{entry.name} is a metric for numbers; {self.target.name!r} is a class")
        if self.positive is not None:
            return {"task": "binary"} if takes(cls, "task") else {}
        inferred: dict[str, Any] = {"task": "multiclass", "num_classes": self.classes}
        if entry.name == "Accuracy" and "average" not in entry.args:
            inferred["average"] = "micro"
        elif self._needs_average(entry, facts):
            hint = "say which class is `positive`, or `average`" if self.classes == 2 else "say `average`"
            raise _problem(entry, f"{entry.name} would be plain accuracy by torchmetrics' default; {hint}")
        return {name: value for name, value in inferred.items() if takes(cls, name)}

    def _needs_average(self, entry: Entry, facts: MetricFacts) -> bool:
        return facts.say_average and "average" not in entry.args

    def _check_one_number(self, entry: Entry) -> None:
        """Try the metric on two made items of each class, so that one which is no single number is found now."""
        if self.own:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                if self.target.kind == "class":
                    truth = torch.arange(max(self.classes, 2)).repeat(2)
                    self.update(nn.functional.one_hot(truth).float() * 0.5 + 0.1, truth)
                else:
                    self.update(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1.0, 2.5, 3.0]))
                value = self.metric.compute()
            except (TypeError, ValueError, RuntimeError) as error:
                raise _problem(entry, f"{entry.name}: {' '.join(str(error).split())}") from error
            finally:
                self.forget()
        if isinstance(value, Tensor) and value.numel() == 1:
            return
        if not isinstance(value, float | int):
            raise _problem(entry, f"{entry.name} gives several numbers here; a metric is one number")


Taken = tuple[dict[str, float], dict[str, tuple[LeftOut, ...]]]
"""Values by metric, and what those that leave something out leave out."""


def measure(metrics: Mapping[str, LabelMetric], output: Tensor, target: Tensor, *, complete: bool = True) -> Taken:
    """Every metric of these items. One that has no value for them is nan, and it is said why.

    Raises:
        ValueError: own code, or a library, refuses a ``complete`` view's items; of a few of them it has no value.

    """
    values: dict[str, float] = {}
    undefined: dict[str, tuple[LeftOut, ...]] = {}
    for name, metric in metrics.items():
        try:
            metric.update(output, target)
            values[name], without = metric.take()
        except ValueError as error:
            if complete:
                raise
            metric.forget()
            values[name], without = float("nan"), LeftOut("value", 1, 1, (), " ".join(str(error).split()))
        if without is None and isnan(values[name]) and bool(torch.isfinite(output).all()):
            without = LeftOut("value", 1, 1, (), "the metric gives no number" if len(output) else "no item is left")
        if without is not None:
            undefined[name] = (without,)
    return values, undefined


def in_own_unit(output: Tensor, target: Tensor, label: Target) -> tuple[Tensor, Tensor]:
    """Outputs and targets of a label of numbers in its own unit: ``(N,)`` for one number an item, else as they are."""
    target = as_output(target, output, label.name)
    output, target = output.float(), target.float()
    if label.standardized:
        if label.std is None or label.mean is None:
            raise ValueError(f"label {label.name!r} is standardized, but its mean and deviation are not known")
        output, target = output * label.std + label.mean, target * label.std + label.mean
    if output.ndim == 2 and output.shape[1] == 1:
        output, target = output[:, 0], target[:, 0]
    return output, target


def _problem(entry: Entry, text: str) -> SpecError:
    return SpecError([Problem(entry.place, entry.short, text)])
