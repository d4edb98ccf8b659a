"""Rows that come by themselves: what guessing gives, so that nobody is impressed by too little."""

from collections.abc import Sequence
from dataclasses import replace

from repro.results.blank_row import blank_row
from repro.results.class_names import class_names
from repro.results.gate import checks
from repro.results.metric_info import MetricInfo
from repro.results.row import Row
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec


def chance_row(spec: Spec, experiment: Experiment, metric: MetricInfo, unit: str) -> Row | None:
    """What drawing a class at random gives; None for anything but shares of right or wrong items."""
    names = class_names(experiment)
    if not metric.binomial or not names:
        return None
    classes = len(names)
    right = 100 / classes
    share = right if metric.direction == "max" else 100 - right
    return _row(spec, experiment, metric, unit, "chance", share, f"what guessing one of {classes} classes gives")


def majority_row(
    spec: Spec, experiment: Experiment, metric: MetricInfo, unit: str, records: Sequence[Record]
) -> Row | None:
    """What always answering train's most frequent class gives, from the class counts that the leakage gate kept.

    ``records`` are one seed's: one, or one for each fold, whose test items count together. None where the counts were
    not kept, and for anything but shares of right or wrong items of a part.
    """
    label = next((n for n, x in experiment.labels.items() if x.kind == "class"), None)
    right, items, answers = 0, 0, []
    for record in records:
        parts = checks(record).get("labels", {}).get("counts", {}).get(label, {})
        train, judged = parts.get("train"), parts.get(metric.view)
        if not metric.binomial or not train or not judged:
            return None
        most = min(train, key=lambda c: (-train[c], c))
        right, items = right + judged.get(most, 0), items + sum(judged.values())
        answers.append(most)
    if not items:
        return None
    share = 100 * right / items if metric.direction == "max" else 100 - 100 * right / items
    words = f"what always answering {answers[0]}, the most frequent class in train, gives"
    if len(set(answers)) > 1:
        words = "what always answering the most frequent class in train, fold by fold, gives"
    return _row(spec, experiment, metric, unit, "majority", share, words)


def _row(spec: Spec, experiment: Experiment, metric: MetricInfo, unit: str, name: str, share: float, words: str) -> Row:
    row = blank_row(spec, experiment.name, metric.key, unit, words)
    sign = 1.0 if metric.direction == "max" else -1.0
    return replace(
        row,
        experiment=name,
        title=name,
        mean=metric.printed(share, unit),
        is_baseline=False,
        extra={"sign": sign, "trivial": 1.0},
    )
