"""When two values of one metric count as the same number."""

from math import isnan

TOLERANCE = 1e-5
"""How far a recomputed value may lie from the recorded one: this times the value, or this itself below 1.

In percent that is 0.001 points at most, less than one item of 100,000; it leaves room for float32 sums in another
order and for a GPU's arithmetic. On the 75 shipped records, worked out on another CPU than they were made on, counts
came out exactly and losses within 1.1e-7.
"""


def close(first: float, other: float) -> bool:
    """Whether the two differ by no more than :data:`TOLERANCE` allows; nan is only close to nan.

    >>> close(91.5, 91.5004), close(91.5, 91.6), close(float("nan"), float("nan"))
    (True, False, True)
    """
    if isnan(first) or isnan(other):
        return isnan(first) and isnan(other)
    return first == other or abs(first - other) <= TOLERANCE * max(1.0, abs(other))


def same(first: float, other: float) -> bool:
    """Whether the two are the very same number, nan being the same as nan."""
    return first == other or (isnan(first) and isnan(other))
