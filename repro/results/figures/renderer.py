"""How figures are drawn, apart from what they show: a renderer draws every kind of figure from the same numbers."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from repro.results.figures.bars import Mark
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Band, Curve
from repro.results.figures.fold_bars import FoldSeries
from repro.results.figures.sweep import Stop

D = TypeVar("D")
D_co = TypeVar("D_co", covariant=True)


class FigureRenderer(Protocol[D_co]):
    """Draws each kind of figure; :mod:`repro.results.figures.matplotlib_renderer` makes those that become files."""

    def learning_curves(
        self,
        curves: Sequence[Curve],
        *,
        title: str,
        x_label: str,
        y_label: str,
        band: Band = "lowest to highest run",
        y_range: tuple[float, float] | None = None,
        log: bool = False,
        read_off: str = "the paper",
        level: tuple[str, float] | None = None,
    ) -> D_co:
        """Curves over the training."""

    def compared(
        self,
        pairs: Sequence[Pair],
        *,
        title: str,
        axis_label: str,
        baseline: tuple[str, float] | None = None,
        against: str = "paper",
    ) -> D_co:
        """Dots: theirs and ours."""

    def bars(
        self,
        pairs: Sequence[Pair],
        *,
        title: str,
        axis_label: str,
        y_range: tuple[float, float] | None = None,
        log: bool = False,
        against: str = "paper",
        read_off: str = "the paper",
        marks: Sequence[Mark | None] = (),
        baseline: tuple[str, float] | None = None,
    ) -> D_co:
        """Bars: ours, with theirs as marks."""

    def fold_bars(
        self,
        series: Sequence[FoldSeries],
        *,
        title: str,
        axis_label: str,
        y_range: tuple[float, float] | None = None,
        log: bool = False,
        against: str = "paper",
    ) -> D_co:
        """Bars fold by fold."""

    def sweep(
        self,
        series: Sequence[tuple[str, Sequence[Stop]]],
        *,
        title: str,
        x_label: str,
        y_label: str,
        y_range: tuple[float, float] | None = None,
        log: bool = False,
        lines: Sequence[Curve] = (),
        read_off: str = "the paper",
        against: str = "paper",
    ) -> D_co:
        """One number against a quantity."""

    def confusion(
        self, counts: NDArray[np.int64], classes: Sequence[str], *, title: str, runs: int = 1, folds: int = 0
    ) -> D_co:
        """What was taken for what."""
