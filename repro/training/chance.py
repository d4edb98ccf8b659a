"""What anyone gets without looking at an item: guessing a class, always answering the commonest one, or the mean."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from repro.data.lazy_rows import materialize
from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import ViewRecipe, reference_name
from repro.training.metric import measure
from repro.training.module import make_metrics
from repro.training.outcome import Score, Values
from repro.training.scorer import Metrics
from repro.training.segments import as_seen


def reference_scores(
    experiment: Experiment, data: Data, folder: Path, metrics: Callable[[], Metrics] | None = None
) -> dict[str, dict[str, Score]]:
    """``{label: {name: Score}}`` of predictors that never see an item, on the test items.

    ``majority`` always answers the class that is commonest in train (the first of equals) and is scored by every
    metric of the experiment that looks at the predicted class; ``chance`` is what guessing gives in the mean, every
    class alike, for accuracy and error rate, for which that is known without drawing. For numbers ``mean`` always
    answers the mean of train. Nothing is fitted on test items. ``metrics`` makes the experiment's metrics, where own
    code must not be loaded here.
    """
    metrics = metrics or (lambda: make_metrics(experiment, data.labels, folder))
    train, test = (as_seen(data.parts[name], ViewRecipe(name), data.labels) for name in ("train", "test"))
    scores: dict[str, dict[str, Score]] = {}
    for label, target in data.labels.items():
        if target.kind not in ("class", "number"):
            continue
        truth, train_truth = materialize(test.targets[label]), materialize(train.targets[label])
        if target.kind == "class":
            scores[label] = _for_classes(experiment, data, metrics, label, train_truth, truth)
        else:
            constant = train_truth.double().mean(0).float().expand(truth.shape).contiguous()
            mean = _score(metrics, label, constant, truth)
            scores[label] = {reference_name("mean", experiment.views): mean}
    return scores


def _for_classes(
    experiment: Experiment, data: Data, metrics: Callable[[], Metrics], label: str, train_truth: Tensor, truth: Tensor
) -> dict[str, Score]:
    classes = len(data.labels[label].classes or ())
    commonest = int(torch.bincount(train_truth, minlength=classes).argmax())
    answer = torch.zeros(len(truth), classes)
    answer[:, commonest] = 1.0
    guessed: Values = {}
    for name, entry in experiment.metrics.items():
        if entry.name in ("Accuracy", "ErrorRate") and set(entry.args) <= {"label"}:
            guessed[name] = 100.0 / classes if entry.name == "Accuracy" else 100.0 - 100.0 / classes
    majority = _score(metrics, label, answer, truth)
    scores = {"majority": majority, "chance": Score(guessed, len(truth))}
    return {reference_name(name, experiment.views): score for name, score in scores.items() if score.values}


def _score(metrics: Callable[[], Metrics], label: str, output: Tensor, truth: Tensor) -> Score:
    usable = {name: m for name, m in metrics()[label].items() if m.on_class or m.target.kind != "class"}
    values, undefined = measure(usable, output, truth)
    return Score(values, len(truth), undefined)
