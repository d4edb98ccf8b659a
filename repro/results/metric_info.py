"""What kind of number a metric gives: which view, which way is better, and on which scale it lives."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from repro.results.bounds import bounds
from repro.results.margin import Scale
from repro.results.row import Interval
from repro.spec.experiment import Experiment
from repro.spec.index import index
from repro.spec.view_recipe import view_recipe

COUNTED = ("parameters", "multiply_adds")
"""Numbers that are counted, not measured: exact, without a spread."""

TIMED = "seconds"
"""Wall time of the fit."""

LOSSES = ("loss", "objective")
"""Always there on every view, less is better."""

BINOMIAL = ("Accuracy", "ErrorRate")
"""Shares of items that are right or wrong, whose noise over items is binomial."""


@dataclass(frozen=True)
class MetricInfo:
    """A metric as one experiment measures it.

    ``view`` is ``""`` for what has none (parameters, seconds). ``class_name`` is the metric's class where it has one.
    ``proportion`` numbers are stored in percent; ``binomial`` ones are shares of items; ``own`` ones are own code.
    """

    view: str
    name: str
    class_name: str
    direction: Literal["max", "min"]
    proportion: bool
    binomial: bool
    own: bool = False

    @property
    def key(self) -> str:
        """``VIEW/METRIC``, or the name alone where there is no view."""
        return f"{self.view}/{self.name}" if self.view else self.name

    def scale(self, unit: str) -> Scale:
        """The scale on which a number of this metric stands when it is printed in ``unit``.

        Of own code the unit alone may tell that it is a proportion.
        """
        if not self.proportion and not (self.own and unit in ("percent", "fraction")):
            return "unbounded"
        return "fraction" if unit == "fraction" else "percent"

    def bounds(self, unit: str) -> Interval:
        """Where the scale of a number in ``unit`` ends; infinite where it does not."""
        return bounds(unit if self.scale(unit) != "unbounded" else "", self.class_name or self.name)

    def printed(self, stored: float, unit: str) -> float:
        """A stored value (proportions in percent) in the printed unit."""
        return stored / 100 if self.proportion and unit == "fraction" else stored

    @property
    def natural_unit(self) -> str:
        """The unit where no table of the paper says one."""
        return "percent" if self.proportion else "count" if self.name in COUNTED else ""


class UnknownMetric(Exception):
    """A metric that the experiment does not measure, or whose better direction nobody knows."""


def split_key(metric: str) -> tuple[str, str]:
    """View and name of a metric key; no view means ``test``.

    >>> split_key("Accuracy"), split_key("train/objective"), split_key("parameters")
    (('test', 'Accuracy'), ('train', 'objective'), ('', 'parameters'))
    """
    if metric in COUNTED or metric == TIMED:
        return "", metric
    view, slash, name = metric.rpartition("/")
    return (view if slash else "test"), name


def metric_info(experiment: Experiment, metric: str, folder: Path) -> MetricInfo:
    """Look up a metric of an experiment, such as ``test/Accuracy``.

    Own metrics (``FILE.py:Class``) say their direction in a class attribute ``higher_is_better``, torchmetrics' own
    word; it is read from the text, the file is not imported.

    Raises:
        UnknownMetric: the experiment has no such metric, or an own one does not say which way is better.

    """
    view, name = split_key(metric)
    if name in COUNTED or name == TIMED or name in LOSSES:
        return MetricInfo(view, name, "", "min", proportion=False, binomial=False)
    entry = experiment.metrics.get(name)
    if entry is None:
        raise UnknownMetric(f"{experiment.name} does not measure {name}")
    if entry.own is not None:
        direction, proportion = own_direction(folder, *entry.own), own_proportion(folder, *entry.own)
        return MetricInfo(view, name, entry.short, direction, proportion=proportion, binomial=False, own=True)
    try:
        facts = index().metric(entry.name)
    except KeyError:
        raise UnknownMetric(f"unknown metric {entry.name}") from None
    micro = entry.args.get("average", "micro") == "micro"
    binomial = facts.proportion and entry.name in BINOMIAL and micro and _of_single_items(experiment, view)
    return MetricInfo(view, name, entry.name, facts.direction, facts.proportion, binomial)


def _of_single_items(experiment: Experiment, view: str) -> bool:
    """Whether each item counts by itself: no mean over groups, no segments of which several are of one item."""
    if view not in experiment.views:
        return True
    view_as = view_recipe(experiment, view)
    return view_as.mean_over is None and view_as.vote != "none"


def meaning(experiment: Experiment, metric: str) -> str:
    """What a metric is, where its name does not say it: its class, its arguments, whose code; else empty.

    ``accuracy: Specificity`` is "Specificity", ``F1Score: {average: macro}`` is "average macro".
    """
    entry = experiment.metrics.get(split_key(metric)[1])
    if entry is None:
        return ""
    if entry.own is not None:
        return f"own code: {entry.name}"
    name = split_key(metric)[1]
    words = [] if name.lower().replace("-", "").replace("_", "") == entry.name.lower() else [entry.name]
    words += [f"{word} {value}" for word, value in entry.args.items() if word != "label"]
    return ", ".join(words)


def own_direction(folder: Path, file: str, class_name: str) -> Literal["max", "min"]:
    """Which way is better for an own metric, from ``higher_is_better = True`` in its class."""
    value = _said_by_class(folder, file, class_name, "higher_is_better")
    if value is not None:
        return "max" if value else "min"
    raise UnknownMetric(
        f"{file}:{class_name} does not say which way is better; write higher_is_better = True (or False)"
    )


def own_proportion(folder: Path, file: str, class_name: str) -> bool:
    """Whether an own metric is a proportion, from ``proportion = True`` in its class."""
    return bool(_said_by_class(folder, file, class_name, "proportion"))


def _said_by_class(folder: Path, file: str, class_name: str, name: str) -> bool | None:
    """A truth value that a class states in its body; None where it does not. The file is read and not imported."""
    try:
        tree = ast.parse((folder / file).read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        raise UnknownMetric(f"cannot read {file}: {error}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            return next((value for line in node.body if (value := _assigned(line, name)) is not None), None)
    return None


def _assigned(line: ast.stmt, name: str) -> bool | None:
    targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
    named = any(isinstance(t, ast.Name) and t.id == name for t in targets)
    value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
    if named and isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return value.value
    return None
