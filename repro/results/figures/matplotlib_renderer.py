"""The renderer of all figures that become files: matplotlib."""

from repro.results.figures.bars import bars
from repro.results.figures.compared import compared
from repro.results.figures.confusion import confusion
from repro.results.figures.curves import learning_curves
from repro.results.figures.fold_bars import fold_bars
from repro.results.figures.sweep import sweep


class MatplotlibRenderer:
    """A :class:`repro.results.figures.renderer.FigureRenderer`."""

    learning_curves = staticmethod(learning_curves)
    compared = staticmethod(compared)
    bars = staticmethod(bars)
    fold_bars = staticmethod(fold_bars)
    sweep = staticmethod(sweep)
    confusion = staticmethod(confusion)


MATPLOTLIB = MatplotlibRenderer()
