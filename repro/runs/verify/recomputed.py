"""Every metric and loss of the kept views, worked out again from predictions and the data set's own labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from repro.data.lazy_rows import materialize
from repro.data.prepared import Data, Part, Target
from repro.runs.engine.own_metrics import OwnMetrics
from repro.runs.record import Record, Scores
from repro.runs.verify.stored_predictions import StoredPredictions
from repro.runs.verify.tolerance import close
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import ViewRecipe
from repro.training.chance import reference_scores
from repro.training.metric import Taken, measure
from repro.training.outcome import LeftOut, Score, Values
from repro.training.view_items import At, group_name, pieces, score, select_rows


@dataclass(frozen=True, eq=False)
class RecomputedView:
    """One view looked at again: the part as it sees it, how, and what was kept of each label's predictions."""

    name: str
    way: ViewRecipe
    part: Part
    kept: Mapping[str, StoredPredictions]

    def over(self, data: Data) -> list[At]:
        """What each metric is taken on."""
        only = self.way.only
        classes = None
        if only is not None:
            stored = self.kept[only.label]
            predicted = stored.predicted if stored.is_class else stored.predicted.argmax(1)
            classes = predicted if only.predicted else materialize(self.part.targets[only.label])
        return pieces(self.way, data, self.part.items, classes)

    def name_of(self, data: Data) -> Callable[[At], str]:
        """Gives the name of the group at some positions."""
        return partial(group_name, self.way, data, self.part.items)


def metrics_again(data: Data, own: OwnMetrics, label: str, looked: RecomputedView) -> Score:
    """Every metric of one label and view, proportions in percent, without losses; ``own`` makes them.

    Raises:
        ValueError: only classes were kept where a metric needs scores.

    """
    target, stored = data.labels[label], looked.kept[label]
    truth = materialize(looked.part.targets[label])
    as_kept = {**data.labels, label: replace(target, standardized=False)}
    metrics = own.metrics(as_kept)[label]
    unusable = [name for name, metric in metrics.items() if not metric.on_class] if stored.is_class else []
    if target.kind == "class" and unusable:
        raise ValueError(f"{unusable[0]} needs scores, and only classes were kept")

    def take(at: At) -> Taken:
        values: Values = {}
        undefined: dict[str, tuple[LeftOut, ...]] = {}
        for name, metric in metrics.items():
            output, expected = _as_taken(metric.own, stored, target, truth)
            value, without = measure(
                {name: metric}, select_rows(output, at), select_rows(expected, at), complete=at is None
            )
            values |= value
            undefined |= without
        return values, undefined

    with torch.inference_mode():
        return score(looked.way, looked.over(data), len(looked.part), tuple(metrics), take, looked.name_of(data))


def loss_again(experiment: Experiment, data: Data, own: OwnMetrics, looked: RecomputedView) -> float:
    """The loss of one view over all labels of a net, each times its weight; ``own`` makes them.

    Raises:
        ValueError: neither scores nor losses of the items were kept.

    """

    def take(at: At) -> Taken:
        total = 0.0
        for label in experiment.losses:
            stored, target = looked.kept[label], data.labels[label]
            truth = materialize(looked.part.targets[label])
            if stored.item_loss is not None:
                value = float(select_rows(stored.item_loss, at).double().mean())
            elif stored.is_class:
                raise ValueError("the loss needs scores or the items' losses, and only classes were kept")
            else:
                output = select_rows(_as_the_net(stored, target, truth), at)
                value = float(own.label_loss(label)(output, select_rows(truth, at)))
            total += experiment.loss_weights.get(label, 1.0) * value
        return {"loss": total}, {}

    with torch.inference_mode():
        over, name_of = looked.over(data), looked.name_of(data)
        return score(looked.way, over, len(looked.part), ("loss",), take, name_of).values["loss"]


def differing(recorded: Mapping[str, float], again: Mapping[str, float], view: str) -> list[str]:
    """One sentence for each value that the record has otherwise, or lacks, or should not have."""
    wrong = [
        f"{view}/{name} is recorded as {recorded[name]:.10g}, the predictions give {value:.10g}"
        for name, value in again.items()
        if name in recorded and not close(recorded[name], value)
    ]
    wrong += [f"{view}/{name} is not recorded" for name in again if name not in recorded]
    return wrong


def otherwise_left_out(recorded: Scores, again: Score, view: str) -> list[str]:
    """One sentence for each metric of which the record does not say what its value leaves out, or says it wrongly."""
    stated = {name: tuple(LeftOut(**gap.model_dump()) for gap in some) for name, some in recorded.undefined.items()}
    return [
        f"{view}/{name} does not say rightly what its value leaves out"
        for name in dict.fromkeys((*stated, *again.undefined))
        if stated.get(name) != again.undefined.get(name)
    ]


def wrong_references(record: Record, experiment: Experiment, data: Data, folder: Path, own: OwnMetrics) -> list[str]:
    """Chance, majority and mean, which need no run, worked out again from the labels."""
    wrong = []
    for label, scores in reference_scores(experiment, data, folder, own.metrics).items():
        for name, expected in scores.items():
            stated = record.metrics[label].get(name)
            wrong += [f"has no {name}"] if stated is None else differing(stated.values, expected.values, name)
    return wrong


def _as_taken(own: bool, stored: StoredPredictions, target: Target, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs and targets as a metric takes them."""
    if target.kind == "class":
        return _scores(stored, target), truth
    if own:
        return _as_the_net(stored, target, truth), truth
    return stored.predicted, _own_unit(truth, target, stored.predicted)


def _scores(stored: StoredPredictions, target: Target) -> Tensor:
    """Class scores; where only classes were kept, 1 for the predicted one."""
    if not stored.is_class:
        return stored.predicted
    return torch.nn.functional.one_hot(stored.predicted, len(target.classes or ())).float()


def _as_the_net(stored: StoredPredictions, target: Target, truth: Tensor) -> Tensor:
    """What the net gave: class scores, or numbers as it was trained on them, in the shape of its targets."""
    if target.kind == "class":
        return stored.predicted
    output = stored.predicted
    if target.standardized and target.mean is not None and target.std is not None:
        output = (output - target.mean) / target.std
    return output.reshape(truth.shape) if output.numel() == truth.numel() else output


def _own_unit(truth: Tensor, target: Target, predicted: Tensor) -> Tensor:
    """Targets in the label's own unit and the predictions' shape."""
    if target.standardized and target.mean is not None and target.std is not None:
        truth = truth * target.std + target.mean
    return truth.reshape(predicted.shape) if truth.numel() == predicted.numel() else truth
