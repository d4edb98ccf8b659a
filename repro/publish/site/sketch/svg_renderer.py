"""The renderer of the site."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from repro.publish.site.sketch.dots import dots
from repro.publish.site.sketch.folds import folds as fold_by_fold
from repro.publish.site.sketch.lines import lines as curves_of
from repro.publish.site.sketch.sketch import Sketch
from repro.publish.site.sketch.squares import squares
from repro.publish.site.sketch.stops import stops
from repro.results.figures.bars import Mark
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Band, Curve
from repro.results.figures.fold_bars import FoldSeries
from repro.results.figures.sweep import Stop


class SvgRenderer:
    """A :class:`repro.results.figures.renderer.FigureRenderer` that sketches."""

    def learning_curves(
        self, curves: Sequence[Curve], *, title: str, x_label: str, y_label: str,
        band: Band = "lowest to highest run", y_range: tuple[float, float] | None = None, log: bool = False,
        read_off: str = "the paper", level: tuple[str, float] | None = None,
    ) -> Sketch:  # fmt: skip
        """Curves over the training."""
        return curves_of(
            curves, title=title, x_label=x_label, y_label=y_label, band=band, y_range=y_range, log=log,
            read_off=read_off, level=level,
        )  # fmt: skip

    def compared(
        self, pairs: Sequence[Pair], *, title: str, axis_label: str, baseline: tuple[str, float] | None = None,
        against: str = "paper",
    ) -> Sketch:  # fmt: skip
        """Dots: theirs and ours."""
        return dots(pairs, title=title, axis_label=axis_label, against=against, baseline=baseline)

    def bars(
        self, pairs: Sequence[Pair], *, title: str, axis_label: str, y_range: tuple[float, float] | None = None,
        log: bool = False, against: str = "paper", read_off: str = "the paper", marks: Sequence[Mark | None] = (),
        baseline: tuple[str, float] | None = None,
    ) -> Sketch:  # fmt: skip
        """Bars: ours, with theirs as marks."""
        return dots(
            pairs, title=title, axis_label=axis_label, against=against, baseline=baseline, marks=marks,
            read_off=read_off, from_zero=True, log=log, within=y_range,
        )  # fmt: skip

    def fold_bars(
        self, series: Sequence[FoldSeries], *, title: str, axis_label: str,
        y_range: tuple[float, float] | None = None, log: bool = False, against: str = "paper",
    ) -> Sketch:  # fmt: skip
        """Marks fold by fold."""
        return fold_by_fold(series, title=title, axis_label=axis_label, y_range=y_range, log=log, against=against)

    def sweep(
        self, series: Sequence[tuple[str, Sequence[Stop]]], *, title: str, x_label: str, y_label: str,
        y_range: tuple[float, float] | None = None, log: bool = False, lines: Sequence[Curve] = (),
        read_off: str = "the paper", against: str = "paper",
    ) -> Sketch:  # fmt: skip
        """One number against a quantity."""
        return stops(
            series, title=title, x_label=x_label, y_label=y_label, y_range=y_range, log=log, lines=lines,
            read_off=read_off, against=against,
        )  # fmt: skip

    def confusion(
        self, counts: NDArray[np.int64], classes: Sequence[str], *, title: str, runs: int = 1, folds: int = 0
    ) -> Sketch:
        """What was taken for what."""
        return squares(counts, classes, title=title, runs=runs, folds=folds)
