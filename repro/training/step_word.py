"""What rank 0 says at step edges: whether the run was asked to stop, and whether a checkpoint is due by the clock."""

import time
from collections.abc import Callable

from repro.training.ranks import Ranks

SECONDS_BETWEEN = 0.2
"""Ranks listen about so often, at steps that rank 0 names beforehand, so that a step costs no word."""

_STEPS_MOST = 1000

Word = tuple[bool, bool]
"""Asked to stop; due by the clock."""


class StepWord:
    """Hears the same word at the same step on every rank. Alone it is heard at every step, and nothing is sent."""

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks
        self._next = 0
        self._last = (0, time.monotonic())

    def at(self, step: int, say: Callable[[], Word]) -> Word:
        """The word at this step; nothing is asked for between the steps at which ranks listen."""
        if self._ranks.count == 1:
            return say()
        if step < self._next:
            return False, False
        stop_requested, due, ahead = self._ranks.agree((*say(), self._ahead(step)))
        self._next = step + ahead
        return stop_requested, due

    def _ahead(self, step: int) -> int:
        """Steps until the next word, by how long the last ones took."""
        before, then = self._last
        now = time.monotonic()
        self._last = (step, now)
        steps = step - before
        if steps <= 0:
            return 1
        target = int(SECONDS_BETWEEN * steps / max(now - then, 1e-6))
        return max(1, min(target, 2 * steps, _STEPS_MOST))
