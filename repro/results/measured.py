"""What kind of number a metric gives: which view, which way is better, and on which scale it lives."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from repro.results.margin import Scale
from repro.spec.experiment import Experiment
from repro.spec.index import index
from repro.spec.viewing import viewing

COUNTED = ("parameters", "multiply_adds")
"""Numbers that are counted, not measured: exact, without a spread."""

TIMED = "seconds"
"""Wall time of the fit."""

LOSSES = ("loss", "objective")
"""Always there on every view, less is better."""

BINOMIAL = ("Accuracy", "ErrorRate")
"""Shares of items that are right or wrong, whose noise over items is binomial."""


@dataclass(frozen=True)
class Measured:
    """A metric as one experiment measures it.

    ``view`` is ``""`` for what has none (parameters, seconds). ``class_name`` is the metric's class where it has one.
    ``proportion`` numbers are stored in percent; ``binomial`` ones are shares of items.
    """

    view: str
    name: str
    class_name: str
    direction: Literal["max", "min"]
    proportion: bool
    binomial: bool

    @property
    def key(self) -> str:
        """``VIEW/METRIC``, or the name alone where there is no view."""
        return f"{self.view}/{self.name}" if self.view else self.name

    def scale(self, unit: str) -> Scale:
        """The scale on which a number of this metric stands when it is printed in ``unit``."""
        if not self.proportion:
            return "unbounded"
        return "fraction" if unit == "fraction" else "percent"

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


def measured(experiment: Experiment, metric: str, folder: Path) -> Measured:
    """Look up a metric of an experiment, such as ``test/Accuracy``.

    Own metrics (``FILE.py:Class``) say their direction in a class attribute ``higher_is_better``, torchmetrics' own
    word; it is read from the text, the file is not imported.

    Raises:
        UnknownMetric: the experiment has no such metric, or an own one does not say which way is better.

    """
    view, name = split_key(metric)
    if name in COUNTED or name == TIMED or name in LOSSES:
        return Measured(view, name, "", "min", proportion=False, binomial=False)
    entry = experiment.metrics.get(name)
    if entry is None:
        raise UnknownMetric(f"{experiment.name} does not measure {name}")
    if entry.own is not None:
        return Measured(view, name, entry.short, own_direction(folder, *entry.own), proportion=False, binomial=False)
    try:
        facts = index().metric(entry.name)
    except KeyError:
        raise UnknownMetric(f"unknown metric {entry.name}") from None
    micro = entry.args.get("average", "micro") == "micro"
    binomial = facts.proportion and entry.name in BINOMIAL and micro and _of_single_items(experiment, view)
    return Measured(view, name, entry.name, facts.direction, facts.proportion, binomial)


def _of_single_items(experiment: Experiment, view: str) -> bool:
    """Whether each item counts by itself: no mean over groups, no segments of which several are of one item."""
    if view not in experiment.views:
        return True
    way = viewing(experiment, view)
    return way.mean_over is None and way.vote != "none"


def own_direction(folder: Path, file: str, class_name: str) -> Literal["max", "min"]:
    """Which way is better for an own metric, from ``higher_is_better = True`` in its class."""
    try:
        tree = ast.parse((folder / file).read_bytes())
    except (OSError, SyntaxError) as error:
        raise UnknownMetric(f"cannot read {file}: {error}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            for line in node.body:
                value = _assigned(line, "higher_is_better")
                if value is not None:
                    return "max" if value else "min"
    raise UnknownMetric(
        f"{file}:{class_name} does not say which way is better; write higher_is_better = True (or False)"
    )


def _assigned(line: ast.stmt, name: str) -> bool | None:
    targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
    named = any(isinstance(t, ast.Name) and t.id == name for t in targets)
    value = line.value if isinstance(line, ast.Assign | ast.AnnAssign) else None
    if named and isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return value.value
    return None
