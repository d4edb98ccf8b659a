"""From numbers to places on a picture, and the round numbers that stand along an axis."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, isfinite, log10

from repro.results.wording import MINUS

MOST_TICKS = 6


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` on the stretch from ``start`` to ``end``; what lies outside is put at an end."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where a number stands."""
        low, high, here = (log10(bound) for bound in (self.low, self.high, max(value, 1e-300))) if self.log else (
            self.low, self.high, value
        )  # fmt: skip
        share = min(1.0, max(0.0, (here - low) / (high - low)))
        return self.start + (self.end - self.start) * share

    def ticks(self) -> list[float]:
        """Round numbers along it."""
        return decades(self.low, self.high) if self.log else ticks(self.low, self.high)


def scale(
    values: Iterable[float], start: float, end: float, *, log: bool = False, within: tuple[float, float] | None = None,
    pad: float = 0.05,
) -> Scale:  # fmt: skip
    """A scale that holds all values with a little room around them; ``within`` gives its ends instead."""
    known = [value for value in values if isfinite(value) and (value > 0 or not log)]
    log = log and bool(known)
    if within is not None and within[0] < within[1] and (within[0] > 0 or not log):
        return Scale(*within, start, end, log)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if log:
        return Scale(low / 1.3, high * 1.3, start, end, True)
    if high <= low:
        low, high = low - (abs(low) * 0.05 or 0.5), high + (abs(high) * 0.05 or 0.5)
    room = pad * (high - low)
    return Scale(low - room, high + room, start, end)


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Round numbers between two, at most so many.

    >>> ticks(0, 6000), ticks(61.3, 68.9)
    ([0.0, 2000.0, 4000.0, 6000.0], [62.0, 64.0, 66.0, 68.0])
    """
    rough = (high - low) / (most - 1)
    if not (rough > 0 and isfinite(rough)):
        return [low]
    size = 10.0 ** floor(log10(rough))
    step = next((size * by for by in (1, 2, 5, 10) if size * by >= rough * 0.999), size * 10)
    first = -(-low // step)
    marks = [round(step * (first + number), 12) + 0.0 for number in range(most + 1)]
    return [tick for tick in marks if tick <= high + 1e-9 * step][:most]


def decades(low: float, high: float) -> list[float]:
    """Numbers 1, 2 and 5 times powers of ten between two; of many only the powers.

    >>> decades(0.9, 12)
    [1.0, 2.0, 5.0, 10.0]
    """
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    marks = [by * 10.0**power for power in powers for by in (1, 2, 5) if low <= by * 10.0**power <= high]
    if len(marks) <= MOST_TICKS:
        return marks
    tens = [10.0**power for power in powers if low <= 10.0**power <= high]
    return tens[:: -(-len(tens) // MOST_TICKS)]


def number(value: float) -> str:
    """A tick's text.

    >>> number(6000), number(0.25), number(-1)
    ('6,000', '0.25', '−1')
    """
    text = f"{value:,.0f}" if abs(value) >= 1000 and value == round(value) and abs(value) < 1e12 else f"{value:g}"
    return text.replace("-", MINUS)


def short(value: float) -> str:
    """A coordinate, as short as it may be."""
    return f"{value:.1f}".removesuffix(".0")
