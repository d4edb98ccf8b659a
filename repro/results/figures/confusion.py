"""The confusion matrix: what was taken for what."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from repro.results.class_names import OUTSIDE
from repro.results.figures.fitting import title_over
from repro.results.figures.style import INK, RULE, caption, new_figure, styled, title_pad
from repro.results.wording import several

MOST_WITH_NUMBERS = 25
"""With more classes than that the cells are too small for numbers; the shades stay."""

CHARACTER_INCHES = 0.075
"""Width of a letter of the caption, which must end where the matrix does: beside it stands the scale."""


def counted(predicted: NDArray[np.integer], target: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Counts (target, predicted), (classes, classes + 1); the last column holds what was taken for no class.

    Raises:
        ValueError: the arrays have different lengths, or a target is no class.

    """
    if predicted.shape != target.shape or predicted.ndim != 1:
        raise ValueError(f"predicted {predicted.shape} and target {target.shape} must be two lists of one length")
    if target.size and (target.min() < 0 or target.max() >= classes):
        raise ValueError(f"target has the class {int(target.max())}, but there are {classes} classes")
    known = np.minimum(predicted.astype(np.int64), classes)
    cells = target.astype(np.int64) * (classes + 1) + known
    return np.bincount(cells, minlength=classes * (classes + 1)).reshape(classes, classes + 1)


def confusion(
    counts: NDArray[np.int64], classes: Sequence[str], *, title: str, runs: int = 1, folds: int = 0
) -> Figure:
    """Draw counts (target, predicted) summed over ``runs``, of which each seed has one a fold.

    A column more than there are classes is of what was taken for no class.

    Shades and percent are shares of each row.

    Cells hold the percentage and, under it, the count; empty cells stay empty.
    """
    n, columns = len(classes), (*classes, *([OUTSIDE] if counts.shape[1] > len(classes) else []))
    if counts.shape != (n, len(columns)):
        raise ValueError(f"{n} classes but counts of shape {counts.shape}")
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(100.0 * counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    with styled():
        size = min(0.56 * n + 2.2, 13.0) if n <= MOST_WITH_NUMBERS else 10.0
        figure, axes = new_figure(max(size + 0.6, 5.2), max(size, 4.4))
        image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
        axes.grid(visible=False)
        axes.set_xticks([i - 0.5 for i in range(1, len(columns))], minor=True)
        axes.set_yticks([i - 0.5 for i in range(1, n)], minor=True)
        axes.grid(visible=True, which="minor", color=RULE, linewidth=0.6)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(n), classes)
        if max(map(len, columns), default=0) > 3:
            axes.tick_params(axis="x", labelrotation=60)
            for label in axes.get_xticklabels():
                label.set_horizontalalignment("right")
                label.set_rotation_mode("anchor")
        if n > MOST_WITH_NUMBERS:
            axes.tick_params(labelsize=7)
        axes.tick_params(which="both", length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true class")
        over = f", {runs} runs together" if runs > 1 else ""
        if folds:
            over = f", {several(runs // folds, 'seed')} and {several(folds, 'fold')} together"
        room = max(34, int(n * 0.56 / CHARACTER_INCHES))
        note = fill(f"% of each true class, count below; {int(counts.sum()):,} items{over}", room)
        caption(axes, note)
        axes.set_title(title_over(title, figure.get_size_inches()[0]), pad=title_pad(note))
        if n <= MOST_WITH_NUMBERS:
            for row in range(n):
                for column in range(len(columns)):
                    if counts[row, column]:
                        dark = shares[row, column] > 55
                        axes.text(
                            column, row, f"{shares[row, column]:.0f}\n{counts[row, column]}", ha="center", va="center",
                            fontsize=8, linespacing=1.15, color="white" if dark else INK,
                        )  # fmt: skip
        bar = figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
        bar.outline.set_visible(False)
        bar.set_label("% of the true class")
    return figure
