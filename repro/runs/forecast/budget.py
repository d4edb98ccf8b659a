"""Which rung and how many seeds fit a budget. Pure functions on numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH_SEEDS = 3
"""A verdict needs so many."""


@dataclass(frozen=True)
class Offer:
    """What a rung takes: ``seconds[n - 1]`` of wall time with the first n seeds; ``size`` is what one seed would take
    if nothing of it were done, by which rungs are put in order.
    """

    rung: str
    size: float
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """A rung with its first ``seeds`` seeds, planned to take ``seconds``."""

    rung: str
    seeds: int
    seconds: float

    @property
    def is_enough(self) -> bool:
        """Whether there are seeds enough for a verdict."""
        return self.seeds >= ENOUGH_SEEDS


def choose(offers: Sequence[Offer], budget: float) -> Choice | None:
    """The best that fits into ``budget`` seconds; None when nothing does.

    The first offer is the rung that was asked for; larger ones are not looked at. Seeds enough for a verdict come
    first, then the larger rung, then more seeds. So more budget never gives fewer seeds of the same rung, nor a worse
    choice by that order.
    """
    if not offers:
        return None
    best: tuple[tuple[bool, float, bool, int], Choice] | None = None
    for number, offer in enumerate(offers):
        if number and offer.size > offers[0].size:
            continue
        for seeds, seconds in enumerate(offer.seconds, start=1):
            if seconds <= budget:
                choice = Choice(offer.rung, seeds, seconds)
                rank = (choice.is_enough, offer.size, number == 0, seeds)
                if best is None or rank > best[0]:
                    best = (rank, choice)
    return best[1] if best is not None else None
