"""The scores of single folds: each fold's mean over seeds, beside what the paper prints for it."""

from collections.abc import Collection
from math import isfinite

from repro.results.fold_score import FoldScore
from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Read, Runs
from repro.results.values import is_undefined
from repro.spec.experiment import Experiment
from repro.spec.folds import fold_names
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Reported, Spec


def fold_scores(
    spec: Spec,
    name: str,
    runs: Runs,
    read: Read,
    metric: MetricInfo,
    *,
    unit: str,
    reported: Reported | None = None,
    seeds: Collection[int] | None = None,
) -> tuple[FoldScore, ...]:
    """The folds of an experiment in order; empty where it has none, or no finished seed.

    Args:
        spec: the study.
        name: the experiment.
        runs: its records.
        read: takes the value out of a record.
        metric: what is measured.
        unit: the printed one.
        reported: the paper's number, whose single folds stand beside ours where it prints as many as there are.
        seeds: those that count; None for all finished ones.

    """
    experiment = spec.experiments[name]
    names = names_of(spec, experiment)
    reported_by_fold = reported_folds(spec, experiment, runs, reported)
    scores = []
    for fold, values in runs.by_fold(read).items():
        measured = tuple(metric.printed(v, unit) for s, v in values.items() if seeds is None or s in seeds)
        finite = tuple(v for v in measured if isfinite(v))
        if finite or _without_value(runs, metric, fold):
            called = names[fold - 1] if 0 < fold <= len(names) else str(fold)
            scores.append(FoldScore(fold, called, finite, reported_by_fold.get(fold)))
    return tuple(scores)


def _without_value(runs: Runs, metric: MetricInfo, fold: int) -> bool:
    return any(is_undefined(record, metric) for record in runs.records if record.fold == fold)


def names_of(spec: Spec, experiment: Experiment) -> tuple[str, ...]:
    """What the folds are called, the first one first; empty where nobody knows."""
    return fold_names(experiment.splits, facts_of(experiment.dataset, spec.folder)) or ()


def reported_folds(spec: Spec, experiment: Experiment, runs: Runs, reported: Reported | None) -> dict[int, float]:
    """The paper's number for each fold, by its number; empty where it prints none, or not one for each."""
    number = None if reported is None else reported.number
    if number is None or not number.folds:
        return {}
    count = len(names_of(spec, experiment)) or len(runs.folds)
    return dict(enumerate(number.folds, 1)) if len(number.folds) == count else {}
