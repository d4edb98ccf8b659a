"""Every metric and loss of the kept views, worked out again from predictions and the data set's own labels."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from repro.data.prepared import Data, Target
from repro.data.rows import whole
from repro.runs.record import Record
from repro.runs.verify.close import close
from repro.runs.verify.kept import Kept
from repro.spec.experiment import Experiment
from repro.training.chance import reference_scores
from repro.training.loss import LabelLoss
from repro.training.module import make_metrics
from repro.training.outcome import Values


def metrics_again(experiment: Experiment, data: Data, folder: Path, label: str, view: str, kept: Kept) -> Values:
    """``{metric: value}`` of one label and view, proportions in percent, without losses.

    Raises:
        ValueError: only classes were kept where a metric needs scores.

    """
    target = data.labels[label]
    truth = whole(data.parts[view].targets[label])
    as_kept = {**data.labels, label: replace(target, standardized=False)}
    values: Values = {}
    with torch.inference_mode():
        for name, metric in make_metrics(experiment, as_kept, folder)[label].items():
            if target.kind == "class":
                if kept.is_class and not metric.on_class:
                    raise ValueError(f"{name} needs scores, and only classes were kept")
                metric.update(_scores(kept, target), truth)
            elif metric.own:
                metric.update(_as_the_net(kept, target, truth), truth)
            else:
                metric.update(kept.predicted, _own_unit(truth, target, kept.predicted))
            values[name] = metric.read()
    return values


def loss_again(experiment: Experiment, data: Data, folder: Path, view: str, kept: Mapping[str, Kept]) -> float:
    """The loss of one view over all labels of a net, each times its weight.

    Raises:
        ValueError: neither scores nor losses of the items were kept.

    """
    total = 0.0
    for label, entry in experiment.losses.items():
        one, target, truth = kept[label], data.labels[label], whole(data.parts[view].targets[label])
        if one.item_loss is not None:
            value = float(one.item_loss.double().mean())
        elif one.is_class:
            raise ValueError("the loss needs scores or the items' losses, and only classes were kept")
        else:
            with torch.inference_mode():
                value = float(LabelLoss(entry, target, folder)(_as_the_net(one, target, truth), truth))
        total += experiment.loss_weights.get(label, 1.0) * value
    return total


def differing(recorded: Mapping[str, float], again: Mapping[str, float], view: str) -> list[str]:
    """One sentence for each value that the record has otherwise, or lacks, or should not have."""
    wrong = [
        f"{view}/{name} is recorded as {recorded[name]:.10g}, the predictions give {value:.10g}"
        for name, value in again.items()
        if name in recorded and not close(recorded[name], value)
    ]
    wrong += [f"{view}/{name} is not recorded" for name in again if name not in recorded]
    return wrong


def wrong_references(record: Record, experiment: Experiment, data: Data, folder: Path) -> list[str]:
    """Chance, majority and mean, which need no run, worked out again from the labels."""
    wrong = []
    for label, scores in reference_scores(experiment, data, folder).items():
        for name, score in scores.items():
            stated = record.metrics[label].get(name)
            wrong += [f"has no {name}"] if stated is None else differing(stated.values, score.values, name)
    return wrong


def _scores(kept: Kept, target: Target) -> Tensor:
    """Class scores; where only classes were kept, 1 for the predicted one."""
    if not kept.is_class:
        return kept.predicted
    return torch.nn.functional.one_hot(kept.predicted, len(target.classes or ())).float()


def _as_the_net(kept: Kept, target: Target, truth: Tensor) -> Tensor:
    """What the net gave: class scores, or numbers as it was trained on them, in the shape of its targets."""
    if target.kind == "class":
        return kept.predicted
    output = kept.predicted
    if target.standardized and target.mean is not None and target.std is not None:
        output = (output - target.mean) / target.std
    return output.reshape(truth.shape) if output.numel() == truth.numel() else output


def _own_unit(truth: Tensor, target: Target, predicted: Tensor) -> Tensor:
    """Targets in the label's own unit and the predictions' shape."""
    if target.standardized and target.mean is not None and target.std is not None:
        truth = truth * target.std + target.mean
    return truth.reshape(predicted.shape) if truth.numel() == predicted.numel() else truth
