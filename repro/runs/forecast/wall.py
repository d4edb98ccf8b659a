"""How long runs take side by side."""

import heapq
from collections.abc import Iterable


def wall_seconds(seconds: Iterable[float], jobs: int) -> float:
    """Wall time of runs that start in this order, each on the worker that is free first.

    A further run never makes it shorter.

    >>> wall_seconds([3.0, 1.0, 1.0], 2), wall_seconds([], 2)
    (3.0, 0.0)
    """
    free = [0.0] * max(1, jobs)
    for run in seconds:
        heapq.heapreplace(free, free[0] + run)
    return max(free)
