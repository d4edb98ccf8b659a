"""What a proportion of some items says of other items of the kind."""

from math import sqrt

from repro.results.quantiles import z


def wilson(percent: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion of ``n`` independent items, in percent and within 0 and 100.

    >>> [round(end, 1) for end in wilson(75.0, 24)], [round(end, 1) for end in wilson(100.0, 10)]
    ([55.1, 88.0], [72.2, 100.0])
    """
    share, square = percent / 100, z(0.975) ** 2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = sqrt(square * (share * (1 - share) / n + square / (4 * n * n))) / (1 + square / n)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)
