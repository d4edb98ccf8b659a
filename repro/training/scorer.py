"""From the outputs of a whole pass to scores and predictions: what is taken where the true labels are at hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from torch import Tensor

from repro.data.lazy_rows import Values as LazyRows
from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import ViewRecipe, kept_as
from repro.training.loss import LabelLoss
from repro.training.metric import LabelMetric, Taken, measure
from repro.training.outcome import Predictions, Score, Values
from repro.training.predictions import keep
from repro.training.segments import Segments, combine_segments, votes
from repro.training.view_items import At, group_name, groups_of, pieces, score, select_rows, tied_of
from repro.training.views import is_open, viewings

Metrics = Mapping[str, Mapping[str, LabelMetric]]
"""``{label: {name: metric}}``."""

ViewResult = tuple[str, dict[str, Score], dict[str, Predictions]]
"""A view's name, ``{label: Score}``, and ``{label: Predictions}`` where these are kept."""


class Losses(Protocol):
    """What knows the loss of each label: a :class:`repro.training.module.Module`, or what stands for it elsewhere."""

    def label_loss(self, label: str) -> LabelLoss:
        """The loss of one label."""

    def loss(self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        """The loss of all labels together, a scalar."""


class Scorer:
    """Takes every metric of views from the outputs for the parts that they look at. It has no net.

    Args:
        experiment: of the run.
        data: whose parts hold the items and targets; their inputs are not looked at.
        metrics: makes the experiment's metrics, when they are first wanted.
        losses: of each label; None for an estimator, which has no loss and gives probabilities.

    """

    def __init__(
        self, experiment: Experiment, data: Data, metrics: Callable[[], Metrics], losses: Losses | None
    ) -> None:
        self.ways = viewings(experiment, data)
        self._experiment = experiment
        self._data = data
        self._make_metrics = metrics
        self._losses = losses
        self._metrics: Metrics | None = None
        self._segments: dict[str, Segments] = {}

    def parts_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The parts that these views look at, each once."""
        return tuple(dict.fromkeys(self.ways[name].part for name in names))

    def results(
        self,
        part: str,
        names: Iterable[str],
        outputs: Mapping[str, Tensor],
        targets: Mapping[str, LazyRows],
        penalty: float = 0.0,
        *,
        keeping: bool,
    ) -> list[ViewResult]:
        """The results of those of the views ``names`` that look at ``part``, in that order.

        Args:
            part: of the data.
            names: of views.
            outputs: ``{label: (N, *sizes)}`` for the part's rows in order.
            targets: ``{label: (N, *target sizes)}`` of these rows.
            penalty: what the net adds to the objective.
            keeping: whether predictions are kept, of views that training never sees.

        """
        results = []
        for name in names:
            view = self.ways[name]
            if view.part == part:
                view_outputs = self._seen(view, outputs, targets)
                predictions = self._keep(name, view_outputs) if keeping else {}
                results.append((name, self._score(view, view_outputs, penalty), predictions))
        return results

    def _seen(self, view: ViewRecipe, outputs: Mapping[str, Tensor], targets: Mapping[str, LazyRows]) -> "_ViewOutputs":
        """What a view sees of a pass: one output an item, or one a segment where these stand for themselves."""
        items, labels = self._data.parts[view.part].items, self._data.labels
        if view.part not in self._segments:
            self._segments[view.part] = Segments(items)
        segments = self._segments[view.part]
        if not segments.several:
            return _ViewOutputs(items, outputs, targets)
        if not votes(view, labels):
            return _ViewOutputs(items, outputs, targets, segments.numbers)
        put = {}
        for label, output in outputs.items():
            loss = self._losses.label_loss(label).name if self._losses is not None else "probabilities"
            put[label] = combine_segments(output, segments, label=labels[label], loss=loss, vote=view.vote)
        return _ViewOutputs(segments.items, put, {label: segments.first(values) for label, values in targets.items()})

    def _keep(self, name: str, view_outputs: "_ViewOutputs") -> dict[str, Predictions]:
        """What is kept of a view: its predictions, unless another view has the same, and the groups of its items."""
        view, experiment = self.ways[name], self._experiment
        if is_open(view):
            return {}
        complete = kept_as(experiment, name) == name
        metrics = self._own_metrics()
        groups = groups_of(view, self._data, view_outputs.items)
        tied = tied_of(view, experiment.splits, self._data, view_outputs.items)
        return {
            label: keep(
                view_outputs.items,
                output,
                view_outputs.targets[label],
                label=self._data.labels[label],
                metrics=metrics[label].values(),
                loss=self._losses.label_loss(label) if self._losses is not None else None,
                segments=view_outputs.segments,
                groups=groups,
                tied=tied,
                complete=complete,
            )
            for label, output in view_outputs.outputs.items()
            if complete or groups is not None
        }

    def _score(self, view: ViewRecipe, view_outputs: "_ViewOutputs", penalty: float) -> dict[str, Score]:
        outputs, targets, whole_loss = view_outputs.outputs, view_outputs.targets, self._losses
        classes = None
        if view.only is not None:
            label = view.only.label
            classes = outputs[label].argmax(1) if view.only.predicted else targets[label]
        over = pieces(view, self._data, view_outputs.items, classes)
        losses: dict[int, float] = {}  # the loss is of all labels together, so it is worked out once

        def loss_of(at: At) -> Values:
            if whole_loss is None:
                return {}
            if id(at) not in losses:
                some = [{label: select_rows(v, at) for label, v in values.items()} for values in (outputs, targets)]
                losses[id(at)] = float(whole_loss.loss(*some))
            return {"loss": losses[id(at)], "objective": losses[id(at)] + penalty}

        scores = {}
        for label, metrics in self._own_metrics().items():

            def take(at: At, label: str = label, metrics: Mapping[str, LabelMetric] = metrics) -> Taken:
                some = (select_rows(outputs[label], at), select_rows(targets[label], at))
                values, undefined = measure(metrics, *some, complete=at is None)
                return values | loss_of(at), undefined

            names = (*metrics, *(("loss", "objective") if whole_loss is not None else ()))
            name_of = partial(group_name, view, self._data, view_outputs.items)
            scores[label] = score(view, over, len(outputs[label]), names, take, name_of)
        return scores

    def _own_metrics(self) -> Metrics:
        if self._metrics is None:
            self._metrics = self._make_metrics()
        return self._metrics


@dataclass(frozen=True, eq=False)
class _ViewOutputs:
    """What a view sees: ``items`` (n,), outputs and targets of each; ``segments`` numbers them where items repeat."""

    items: Tensor
    outputs: Mapping[str, Tensor]
    targets: Mapping[str, Any]
    segments: Tensor | None = None
