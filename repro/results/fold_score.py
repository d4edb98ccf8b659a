"""The score of one fold over the seeds, and how much folds differ."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import stdev


@dataclass(frozen=True)
class FoldScore:
    """One fold: its ``number`` from 1, its ``name`` (the number, or the group that it leaves out), our ``values`` by
    seed, in the order of the row's seeds, and the paper's number for it. All in the printed unit.
    """

    number: int
    name: str
    values: tuple[float, ...]
    reported: float | None = None

    @property
    def mean(self) -> float | None:
        """Mean over seeds; None without any."""
        return sum(self.values) / len(self.values) if self.values else None


def sd_over_folds(folds: Collection[FoldScore]) -> float | None:
    """Sd (ddof 1) over folds of each fold's mean over seeds; None with fewer than two folds.

    It says how much folds differ, which is no error of the score over all of them: it enters no standard error.
    """
    means = tuple(fold.mean for fold in folds if fold.mean is not None)
    return stdev(means) if len(means) > 1 else None
