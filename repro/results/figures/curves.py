"""Learning curves: the mean over seeds, a band around it, each line named at its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from repro.results import quantiles
from repro.results.figures.crosses import crosses
from repro.results.figures.fitting import name_of, title_over
from repro.results.figures.label_placement import spread_labels
from repro.results.figures.numbers import CurvesShown
from repro.results.figures.style import (
    BAND,
    BASELINE_COLOUR,
    INK,
    SOFT,
    caption,
    colour,
    dash,
    log_scale,
    new_figure,
    styled,
    title_pad,
)
from repro.results.wording import several

Array = NDArray[np.float64]
Band = Literal["95 % interval of the mean", "lowest to highest run"]

LABEL_GAP_INCHES = 0.19
"""Height of one end label."""


@dataclass(frozen=True)
class Curve:
    """One line: ``x`` (n,) and a value for each run and each x, ``ys`` (k, n); NaN where a run has none.

    With ``folds``, so many stand behind it: each of ``ys`` is a seed's mean over its folds, or with ``by_fold`` the one
    seed's single folds, which the mean weighs by ``weights`` (k,), their test items. ``points`` marks a curve that was
    read off another figure: drawn as markers, without a band, with bars for its ``reading_error`` (n,). Behind an
    ``expected`` one stands no run.
    """

    name: str
    x: Array
    ys: Array
    points: bool = False
    folds: int = 0
    by_fold: bool = False
    weights: Array | None = None
    expected: bool = False
    reading_error: Array | None = None

    def __post_init__(self) -> None:
        if self.ys.ndim != 2 or self.ys.shape[1] != len(self.x):
            raise ValueError(f"{self.name}: {len(self.x)} places but values of shape {self.ys.shape}")

    @property
    def mean(self) -> Array:
        """Mean over runs at each x, (n,)."""
        if self.weights is not None:
            return np.asarray(np.average(self.ys, axis=0, weights=self.weights))
        return _over_runs(np.nanmean, self.ys)

    def band(self, kind: Band) -> tuple[Array, Array]:
        """Lower and upper edge at each x, both (n,); NaN where fewer than two runs have a value."""
        k = np.sum(np.isfinite(self.ys), axis=0)
        enough = k > 1
        if kind == "lowest to highest run":
            low, high = _over_runs(np.nanmin, self.ys), _over_runs(np.nanmax, self.ys)
            return np.where(enough, low, np.nan), np.where(enough, high, np.nan)
        sd = np.full(len(self.x), np.nan)
        sd[enough] = np.nanstd(self.ys[:, enough], axis=0, ddof=1)
        half = quantiles.t_many(np.maximum(k - 1, 1).astype(np.float64), 0.975) * sd / np.sqrt(np.maximum(k, 1))
        return self.mean - half, self.mean + half


def learning_curves(
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
) -> Figure:
    """Draw the curves; what the band is and how many runs stand behind it is written under the title.

    ``log`` makes the y axis logarithmic. ``read_off`` says what points were read off. ``level`` is the name and number
    of a baseline that has no course, drawn as a dashed line. Lines are told apart by colour, then by dashes, and by a
    name at their end.
    """
    with styled():
        figure, axes = new_figure(8.0, max(4.6, 0.24 * len(curves) + 2.2))
        figure.numbers = CurvesShown(tuple(curves), band, x_label, y_label, read_off)
        turns = _turns(curves)
        for curve in curves:
            i = turns[curve.name]
            if curve.points:
                crosses(axes, curve.x, curve.mean, curve.reading_error, colour(i))
                continue
            axes.plot(curve.x, curve.mean, color=colour(i), linestyle=dash(i), solid_capstyle="round")
            low, high = curve.band(band)
            axes.fill_between(curve.x, low, high, color=colour(i), alpha=BAND, linewidth=0)
        if level is not None:
            axes.axhline(level[1], color=BASELINE_COLOUR, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
        if log:
            log_scale(axes, "y")
        if y_range:
            axes.set_ylim(*y_range)
        _whole_range(axes, curves)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        caption_text = _caption(curves, band, read_off)
        caption(axes, caption_text)
        axes.set_title(title_over(title, figure.get_size_inches()[0]), pad=title_pad(caption_text))
        _name_ends(axes, curves, figure)
        if level is not None:
            _name_level(axes, *level)
    return figure


def _name_level(axes: Axes, name: str, value: float) -> None:
    """Write the baseline's name on its line at the left, below it where there is no room above."""
    at = float((axes.transScale + axes.transLimits).transform((0.0, value))[1])
    below = at > 0.9
    axes.annotate(
        f"baseline: {name}", (0.01, value), xycoords=axes.get_yaxis_transform(), xytext=(0, -3 if below else 3),
        textcoords="offset points", color=SOFT, fontsize=9, va="top" if below else "bottom", annotation_clip=True,
    )  # fmt: skip


def _over_runs(what: Callable[..., Any], ys: Array) -> Array:
    known = np.isfinite(ys).any(axis=0)
    out: Array = np.full(ys.shape[1], np.nan)
    if known.any():
        out[known] = what(ys[:, known], axis=0)
    return out


def _turns(curves: Sequence[Curve]) -> dict[str, int]:
    """Each name's turn in the colours; points of the paper share the colour of the line of their name."""
    return {name: i for i, name in enumerate(dict.fromkeys(c.name for c in curves))}


def _caption(curves: Sequence[Curve], band: Band, read_off: str = "the paper") -> str:
    measured = [c for c in curves if not c.points]
    if not measured:
        return f"points read off {read_off}"
    parts = ["line: what is expected of the mean over runs"] if any(c.expected for c in measured) else []
    parts += _of_runs([c for c in measured if not c.folds and not c.expected], band, each=len(measured) > 1)
    parts += _of_folds([c for c in measured if c.folds], band)
    return "\n".join(parts) + (f"; crosses: read off {read_off}" if any(c.points for c in curves) else "")


def _of_runs(curves: Sequence[Curve], band: Band, *, each: bool) -> list[str]:
    if not curves:
        return []
    counts = sorted({len(c.ys) for c in curves})
    n = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    runs = f"{n} run{'s' * (n != '1')} each" if each else f"{n} run{'s' * (n != '1')}"
    return [f"line: mean, n = {runs}; band: {band}" if counts[-1] > 1 else f"n = {runs}, no band"]


def _of_folds(curves: Sequence[Curve], band: Band) -> list[str]:
    """What line and band are where runs are of single folds."""
    parts = []
    for by_fold in (False, True):
        some = [c for c in curves if c.by_fold == by_fold]
        if not some:
            continue
        folds = _span(sorted({c.folds for c in some}), "fold")
        seeds = "1 seed" if by_fold else _span(sorted({len(c.ys) for c in some}), "seed")
        what = band.replace("run", "fold" if by_fold else "seed")
        suffix = "" if by_fold else ", each over its folds"
        widest = max(len(c.ys) for c in some)
        parts.append(f"line: mean over {folds} of {seeds}" + (f"; band: {what}{suffix}" if widest > 1 else ", no band"))
    return parts


def _span(counts: Sequence[int], word: str) -> str:
    if len(counts) > 1:
        return f"{counts[0]} to {counts[-1]} {word}s"
    return several(counts[0], word)


def _whole_range(axes: Axes, curves: Sequence[Curve]) -> None:
    ends = [float(x) for c in curves for x in (c.x.min(), c.x.max())] if curves else [0.0, 1.0]
    low = min(0.0, min(ends)) if min(ends) < 0.1 * max(ends) else min(ends)
    axes.set_xlim(low, max(ends) if max(ends) > low else low + 1.0)  # one evaluation is a point, not a range


def _name_ends(axes: Axes, curves: Sequence[Curve], figure: Figure) -> None:
    """Write each name at the right of its line's last value, apart from the others, joined to it by a thin line."""
    turns = _turns(curves)
    lines = {c.name for c in curves if not c.points}
    shown = [c for c in curves if not (c.points and c.name in lines)]
    drawn = [(turns[c.name], c) for c in shown if np.isfinite(c.mean).any()]
    if not drawn:
        return
    to_axes = axes.transScale + axes.transLimits
    ends = []
    for _, curve in drawn:
        last = int(np.flatnonzero(np.isfinite(curve.mean))[-1])
        ends.append(float(to_axes.transform((curve.x[last], curve.mean[last]))[1]))
    height = figure.get_size_inches()[1] - 1.4
    places = spread_labels([min(max(e, 0.0), 1.0) for e in ends], LABEL_GAP_INCHES / height, 0.0, 1.0)
    for (i, curve), end, place in zip(drawn, ends, places, strict=True):
        at = min(max(end, 0.0), 1.0)
        axes.plot([1.0, 1.025], [at, place], transform=axes.transAxes, color=colour(i), linewidth=0.8, clip_on=False)
        axes.text(1.037, place, name_of(curve.name), transform=axes.transAxes, color=INK, va="center", fontsize=10)
        axes.plot([1.025], [place], marker="s", markersize=4, transform=axes.transAxes, color=colour(i), clip_on=False)
