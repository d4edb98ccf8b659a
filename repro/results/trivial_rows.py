"""Rows that come by themselves: what guessing gives, so that nobody is impressed by too little."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from repro.results.blank_row import blank_row
from repro.results.measured import Measured
from repro.results.row import Row
from repro.spec.experiment import Experiment, Label
from repro.spec.index import index
from repro.spec.spec import Spec


def class_count(experiment: Experiment) -> int | None:
    """Number of classes of the experiment's label; None where it has none or nobody knows before the data are read."""
    label: Label | None = next((x for x in experiment.labels.values() if x.kind == "class"), None)
    if label is None:
        return None
    if label.classes:
        return len(label.classes)
    facts = index().datasets.get(experiment.dataset.name)
    known = next((f for f in facts.labels.values() if f.column == label.column), None) if facts else None
    return len(known.classes) if known and known.classes else None


def chance_row(spec: Spec, experiment: Experiment, metric: Measured, unit: str) -> Row | None:
    """What drawing a class at random gives; None for anything but shares of right or wrong items."""
    classes = class_count(experiment)
    if not metric.binomial or classes is None:
        return None
    right = 100 / classes
    share = right if metric.direction == "max" else 100 - right
    return _row(spec, experiment, metric, unit, "chance", share, f"what guessing one of {classes} classes gives")


def majority_row(
    spec: Spec, experiment: Experiment, metric: Measured, unit: str, arrays: Mapping[str, NDArray[np.generic]]
) -> Row | None:
    """What always answering the test part's most frequent class gives: no constant answer does better."""
    target = np.asarray(arrays["target"])
    if not metric.binomial or target.ndim != 1 or not target.size:
        return None
    right = 100 * float(np.unique(target, return_counts=True)[1].max()) / target.size
    share = right if metric.direction == "max" else 100 - right
    return _row(
        spec, experiment, metric, unit, "majority", share, "what always answering the most frequent class gives"
    )


def _row(spec: Spec, experiment: Experiment, metric: Measured, unit: str, name: str, share: float, words: str) -> Row:
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
