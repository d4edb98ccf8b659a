"""Bind every entry of an experiment to its real class, before any data are read."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from repro.data.prepare import describe
from repro.data.prepared import Target
from repro.models.network import build
from repro.models.notation import both
from repro.spec.experiment import Experiment
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape
from repro.training.class_lookup import collect, find_class, make
from repro.training.fused import fused_argument
from repro.training.loss import LabelLoss, check_mixable
from repro.training.module import make_metrics


def bind_all(experiment: Experiment, folder: Path) -> None:
    """Make every part of an experiment once, without data: net (no memory), losses, metrics, optimizer, schedule.

    Own code is run. A data set of own code is made, since only that knows its shapes; no built-in data are read.

    Raises:
        SpecError: with the problems of all parts, each at its place.
        DataError: own code that fails.

    """
    shapes, described = describe(experiment, folder, own_code=True)
    labels = with_any_scale(described)
    assert experiment.model is not None
    if experiment.model.is_estimator:
        from repro.training.estimator import make_pipeline  # scikit-learn takes a second to import

        collect([lambda: make_pipeline(experiment, 0, folder), lambda: make_metrics(experiment, labels, folder)])
        return
    checks: list[Callable[[], object]] = [
        lambda: _measurable(
            experiment, labels, build(experiment, shapes, labels, seed=0, folder=folder, meta=True).output_shapes
        ),
        lambda: _optimizer(experiment, folder),
    ]
    checks += [partial(_mixup, mixup, experiment, labels) for mixup in _mixups(experiment)]
    collect([*checks, *(lambda e=e, n=n: LabelLoss(e, labels[n], folder) for n, e in experiment.losses.items())])
    collect([lambda: make_metrics(experiment, labels, folder)])


def with_any_scale(labels: Mapping[str, Target]) -> dict[str, Target]:
    """Targets as :func:`repro.data.prepare.describe` gives them, those to be standardized with mean 0 and deviation 1.

    Their true scale is known only when the data are read; metrics can be made and tried without it.
    """
    unknown = {name for name, target in labels.items() if target.standardized and target.std is None}
    return {n: replace(t, mean=0.0, std=1.0) if n in unknown else t for n, t in labels.items()}


def _measurable(experiment: Experiment, labels: Mapping[str, Target], outputs: Mapping[str, Shape]) -> None:
    """Metrics of classes against what leaves the net, which only a loss of own code lets be other than the classes.

    A metric of the predicted class takes that of the largest output, so several are needed along one axis; Accuracy
    and ErrorRate count one behind the last class as wrong, all others need an output for each class.
    """
    problems = []
    for name, entry in experiment.metrics.items():
        label = str(entry.args.get("label", next(iter(experiment.labels))))
        classes, shape = labels[label].classes, outputs.get(label)
        if entry.own or labels[label].kind != "class" or classes is None or shape is None:
            continue
        if shape.sizes == (len(classes),):
            continue
        counts_right = entry.name in ("Accuracy", "ErrorRate") and not set(entry.args) - {"label", "average"}
        counts_right = counts_right and entry.args.get("average", "micro") == "micro"
        if counts_right and len(shape.sizes) == 1 and shape.sizes[0] > 1:
            continue
        expected = "two or more" if counts_right else f"{len(classes)}, one for each class"
        text = (
            f"{entry.name} of {label!r} needs outputs along one axis, {expected}; what leaves the model is "
            f"{both(shape)}; change its last layer, or measure with a metric of your own (FILE.py:CLASS)"
        )
        problems.append(Problem(entry.place, f"metric.{name}", text))
    if problems:
        raise SpecError(problems)


def _mixups(experiment: Experiment) -> list[Entry]:
    return [entry for source in experiment.inputs.values() for entry in source.augment if entry.name == "Mixup"]


def _mixup(mixup: Entry, experiment: Experiment, labels: Mapping[str, Target]) -> None:
    for name, loss in experiment.losses.items():
        check_mixable(loss, labels[name], mixup)


def _optimizer(experiment: Experiment, folder: Path) -> None:
    entry = experiment.optimizer
    if entry is None:
        raise SpecError([Problem(experiment.place, "optimizer", "a net needs an optimizer")])
    cls = find_class(entry, "optimizer", folder)
    parameters = [nn.Parameter(torch.zeros(1))]
    inferred = fused_argument(cls, torch.device("cpu"), experiment.training)
    optimizer = make(entry, cls, parameters, inferred=inferred)
    schedule = experiment.scheduler
    if schedule is None:
        return
    scheduler = make(schedule.entry, find_class(schedule.entry, "scheduler", folder), optimizer)
    if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau) and schedule.every == "step":
        text = "ReduceLROnPlateau looks at a value that is new only after an evaluation: say every: epoch"
        raise SpecError([Problem(schedule.entry.place, "scheduler.ReduceLROnPlateau", text)])
