"""Where the numbers of a figure come from. One drawing code for all: what was measured, what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from repro.results.figures.compared import Pair
from repro.results.figures.curves import Curve
from repro.results.figures.fold_bars import FoldSeries
from repro.results.metric_info import MetricInfo
from repro.spec.spec import Spec

XAxis = Literal["step", "epoch"]
Against = Literal["paper", "expected"]
"""What a number of ours stands against."""


@dataclass(frozen=True)
class Shown:
    """One experiment on one metric, as figures draw it; ``folds`` where its single folds are known."""

    pair: Pair
    metric: MetricInfo
    unit: str
    folds: FoldSeries | None = None


@dataclass(frozen=True)
class Dots:
    """The pairs of one table, metric and unit, and the baseline's name and number."""

    where: str
    metric: MetricInfo
    unit: str
    pairs: Sequence[Pair]
    baseline: tuple[str, float] | None


@dataclass(frozen=True)
class Counts:
    """How many items of each class were taken for which, (target, predicted), over so many runs and folds."""

    counts: NDArray[np.int64]
    classes: tuple[str, ...]
    runs: int
    folds: int


class Source(Protocol):
    """What the figures ask for. Whatever it has not is None or empty, and is not drawn."""

    @property
    def spec(self) -> Spec:
        """The study."""

    @property
    def against(self) -> Against:
        """What the second number of a pair is."""

    @property
    def experiments(self) -> Sequence[str]:
        """The experiments that a figure shows which names none."""

    def has_curves(self, name: str) -> bool:
        """Whether anything is known of an experiment's course."""

    def shown(self, name: str, key: str) -> Shown | None:
        """The number of an experiment on ``VIEW/METRIC``; None where it does not measure it or nothing is known."""

    def curve(self, label: str, name: str, key: str, x_axis: XAxis) -> Curve | None:
        """The course of an experiment on ``VIEW/METRIC``, called ``label``."""

    def dots(self) -> Sequence[Dots]:
        """The tables of numbers that ours are held against, in the spec's order."""

    def counts(self, name: str, view: str) -> Counts | None:
        """What an experiment took for what, on one view."""


def against(spec: Spec) -> Against:
    """A paper has reported numbers, a proposal expected ones."""
    return "expected" if spec.kind == "proposal" else "paper"
