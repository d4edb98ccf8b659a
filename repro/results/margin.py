"""How far off a number may be and still count as reproduced: the margin, by rule or as the spec declares it."""

from dataclasses import dataclass
from typing import Literal

Scale = Literal["percent", "fraction", "unbounded"]

TOP = {"percent": 100.0, "fraction": 1.0}
"""Where a bounded scale ends; it starts at 0."""

DECLARED = "declared in the spec"
"""What stands for the rule where the spec sets the margin."""


@dataclass(frozen=True)
class Margin:
    """``value`` in the printed unit and the ``rule`` that set it, in words.

    ``default`` is what the rule gives, whether used or not; ``default_rule`` says which part of it ruled. ``wide`` is
    True when the declared margin is wider than the default.
    """

    value: float
    rule: str
    default: float
    default_rule: str

    @property
    def wide(self) -> bool:
        """Whether the margin was declared wider than the rule allows by itself."""
        return self.value > self.default * (1 + 1e-9)


def default_margin(
    value: float, half_width: float, *, scale: Scale = "percent", baseline: float | None = None
) -> tuple[float, str]:
    """The margin where the spec declares none, and which rule set it.

    On a bounded scale the smallest of (a) half the paper's own distance to its baseline's row, (b) 2 points and (c) a
    fifth of the distance to the nearer end of the scale. On an unbounded one the smaller of (a) and 5 % of the value.
    Never less than the rounding ``half_width``. All numbers are in the printed unit.

    Args:
        value: the reported number.
        half_width: half a unit of its last printed place.
        scale: where the numbers live; ``percent`` ends at 100, ``fraction`` at 1.
        baseline: what the paper prints for the baseline on the same metric; None on the baseline's own row and
            where the paper has none.

    >>> default_margin(68.0, 0.5, baseline=32.0)
    (2.0, '2 points')
    >>> default_margin(99.0, 0.05, baseline=98.0)
    (0.2, 'a fifth of the distance to the end of the scale')

    """
    rules: list[tuple[float, str]] = []
    if baseline is not None and baseline != value:
        rules.append((abs(value - baseline) / 2, "half the paper's distance to its baseline"))
    if scale == "unbounded":
        rules.append((abs(value) * 0.05, "5 % of the value"))
    else:
        top = TOP[scale]
        rules.append((top * 0.02, "2 points"))
        rules.append((min(value, top - value) / 5, "a fifth of the distance to the end of the scale"))
    smallest, rule = min(rules, key=lambda r: r[0])
    return (half_width, "the rounding of the printed number") if smallest < half_width else (smallest, rule)


def margin(
    value: float,
    half_width: float,
    *,
    scale: Scale = "percent",
    baseline: float | None = None,
    declared: float | None = None,
) -> Margin:
    """The margin of one row: ``declared`` where the spec has one, else :func:`default_margin`."""
    default, rule = default_margin(value, half_width, scale=scale, baseline=baseline)
    if declared is None:
        return Margin(default, rule, default, rule)
    return Margin(declared, DECLARED, default, rule)
