"""Which runs are trained again: drawn without replacement, by a seed that repeats the draw."""

import secrets
from collections.abc import Sequence
from typing import TypeVar

from repro.data.arrays import permutation
from repro.data.seeds import derive
from repro.runs.plan import Run
from repro.runs.record import Record

SHORT_SECONDS = 60.0
"""A run is trained again unasked only where records of its experiment say that it takes no longer, or none does."""

T = TypeVar("T")


def new_seed() -> int:
    """A seed that nobody can know beforehand, so that nobody can know which runs will be looked at."""
    return secrets.randbelow(2**32)


def draw(pool: Sequence[T], count: int, seed: int) -> list[T]:
    """``count`` of the pool (all where it has fewer), each at most once, in the order drawn.

    >>> draw("abcdef", 2, seed=1) == draw("abcdef", 2, seed=1)
    True
    >>> sorted(draw("abc", 5, seed=1))
    ['a', 'b', 'c']
    """
    order = permutation(len(pool), derive(seed, "verify", "draw"))
    return [pool[int(place)] for place in order[:count]]


def may_be_drawn(record: Record) -> bool:
    """Whether training a run again can tell something of its record: it is done, or it says that it diverged."""
    return record.state == "done" or (record.reason or "").startswith("diverged")


def quickest(pool: Sequence[tuple[Run, Record]]) -> list[tuple[Run, Record]]:
    """Those of the pool that take :data:`SHORT_SECONDS` at most; where all are said to take longer, those of the
    shortest experiment.

    What a run takes is the folder's own word, so it is taken by experiment: a run is short where one of its experiment
    is said to be, and there is always one that is drawn.
    """
    least: dict[str, float] = {}
    for run, record in pool:
        name = run.experiment.name
        least[name] = min(record.timings.total, least.get(name, record.timings.total))
    limit = max(SHORT_SECONDS, min(least.values(), default=0.0))
    return [(run, record) for run, record in pool if least[run.experiment.name] <= limit]
