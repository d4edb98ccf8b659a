"""Who may watch a run while it trains, and is told of each look at the open views."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class ProgressListener(Protocol):
    """Is told what the open history holds. It gets plain numbers, hears nothing of test items, and changes nothing."""

    def begin(self, step: int) -> None:
        """Training begins, or goes on, after ``step`` steps."""

    def note(self, step: int, epoch: float, values: Mapping[str, float], lr: Sequence[float], seconds: float) -> None:
        """A look: values keyed ``VIEW/METRIC``, each parameter group's rate, seconds of training since ``begin``."""
