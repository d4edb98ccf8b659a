"""Which runs are trained again: drawn without replacement, by a seed that repeats the draw."""

import secrets
from collections.abc import Sequence
from typing import TypeVar

from repro.data.permutation import permutation
from repro.data.seeds import derive
from repro.runs.record import Record

SHORT_SECONDS = 60.0
"""A run is trained again unasked only where its record says that it took no longer."""

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


def is_short(record: Record) -> bool:
    """Whether a run is short enough to be trained again unasked."""
    return record.timings.total <= SHORT_SECONDS
