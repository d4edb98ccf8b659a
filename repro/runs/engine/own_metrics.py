"""The metrics and losses of an experiment where own code must not be loaded: a child takes those that are own code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from torch import Tensor

from repro.data.prepared import Target
from repro.runs.engine.child import Child
from repro.spec.experiment import Experiment
from repro.spec.part import Entry
from repro.training.loss import LabelLoss, weighed_sum
from repro.training.metric import LabelMetric
from repro.training.module import make_metrics


class OwnMetrics:
    """The metrics and losses of an experiment; those that are own code are asked of a child."""

    def __init__(self, experiment: Experiment, labels: Mapping[str, Target], folder: Path, child: Child | None) -> None:
        self._experiment, self._labels, self._folder, self._child = experiment, labels, folder, child

    @cached_property
    def _losses(self) -> dict[str, LabelLoss]:
        """The losses by label; made when the first is asked for."""
        child = self._child
        return {
            label: LabelLoss(
                entry, self._labels[label], self._folder, _RemoteLoss(child, label) if child else None
            ).eval()
            for label, entry in self._experiment.losses.items()
        }

    def metrics(self, labels: Mapping[str, Target] | None = None) -> dict[str, dict[str, LabelMetric]]:
        """A new set, ``{label: {name: metric}}``; ``labels`` take the place of the experiment's."""
        labels = self._labels if labels is None else labels
        return make_metrics(self._experiment, labels, self._folder, own=self._own if self._child else None)

    def label_loss(self, label: str) -> LabelLoss:
        """The loss of one label."""
        return self._losses[label]

    def has_state(self, label: str) -> bool:
        """Whether a label's loss is own code with parameters or buffers: then what it gives may change in training."""
        loss = self._losses[label]
        if self._child is not None and loss.elsewhere is not None:
            return bool(self._child.ask(("has_state", label, "")))
        return bool(self._experiment.losses[label].own) and bool(loss.state_dict())

    def loss(self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        """The sum over labels of each one's loss times its weight, a scalar."""
        weights = self._experiment.loss_weights
        weighed = [(label, weights.get(label, 1.0), loss) for label, loss in self._losses.items()]
        return weighed_sum(weighed, outputs, targets)

    def load(self, states: Mapping[str, Mapping[str, Tensor]]) -> None:
        """Take over what losses have learnt in training."""
        for label, state in states.items():
            if state and self._child is not None:
                self._child.ask(("state", label, "", dict(state)))

    def _own(self, entry: Entry, label: str) -> tuple[Any, bool]:
        assert self._child is not None
        name = next(name for name, candidate in self._experiment.metrics.items() if _same(candidate, entry))
        return _RemoteMetric(self._child, label, name), bool(self._child.ask(("proportion", label, name)))


def _same(first: Entry, other: Entry) -> bool:
    """Whether two entries are one, ``label`` apart, which is taken off before a metric is made."""
    args = {key: value for key, value in first.args.items() if key != "label"}
    return first.name == other.name and args == dict(other.args)


@dataclass(frozen=True)
class _RemoteMetric:
    """A metric that a child holds; it is used as torchmetrics' are."""

    child: Child
    label: str
    name: str

    def update(self, output: Tensor, target: Tensor) -> None:
        """Take in outputs and targets."""
        self.child.ask(("update", self.label, self.name, output.cpu(), target.cpu()))

    def compute(self) -> float:
        """The value of all that was taken in."""
        return float(self.child.ask(("compute", self.label, self.name)))

    def reset(self) -> None:
        """Start anew."""
        self.child.ask(("reset", self.label, self.name))


@dataclass(frozen=True)
class _RemoteLoss:
    """A loss that a child holds."""

    child: Child
    label: str

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        return cast(Tensor, self.child.ask(("loss", self.label, "", output.cpu(), target.cpu())))

    def each(self, output: Tensor, target: Tensor) -> Tensor | None:
        """The loss of each item, where the mean of these is that of the whole."""
        return cast("Tensor | None", self.child.ask(("each", self.label, "", output.cpu(), target.cpu())))
