"""The numbers that a figure shows, kept with it, so that whoever shows them otherwise cannot show others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repro.results.figures.compared import Pair
    from repro.results.figures.curves import Band, Curve


@dataclass(frozen=True)
class PairsShown:
    """Bars or dots: our numbers beside those of ``against``."""

    pairs: "tuple[Pair, ...]"
    axis_label: str
    against: str


@dataclass(frozen=True)
class CurvesShown:
    """Lines, each with its ``band``; what was read off another figure comes from ``read_off``."""

    curves: "tuple[Curve, ...]"
    band: "Band"
    x_label: str
    y_label: str
    read_off: str


Numbers = PairsShown | CurvesShown
