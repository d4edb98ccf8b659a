"""Points read off another figure: crosses, each with a bar as long as the reading may be off."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

Array = NDArray[np.float64]


def crosses(axes: Axes, x: Array, y: Array, error: Array | None, colour: str, label: str = "") -> None:
    """Draw points (n,) above whatever is there, each ``y`` with its ``error`` (n,)."""
    if error is not None:
        axes.errorbar(x, y, yerr=error, linestyle="", ecolor=colour, elinewidth=1.1, capsize=3, zorder=5)
    axes.plot(x, y, "x", color=colour, markersize=7, markeredgewidth=1.8, zorder=6, label=label or None)
