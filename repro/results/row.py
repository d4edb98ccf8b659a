"""A row of the result table: one reported number against what our runs gave, as plain values."""

from dataclasses import dataclass, field
from enum import StrEnum

from repro.results.fold_score import FoldScore, sd_over_folds
from repro.spec.spec import Reported


class Verdict(StrEnum):
    """The verdicts, in the order in which they are tested."""

    INVALID = "INVALID"
    PARTIAL = "PARTIAL"
    REPRODUCED = "REPRODUCED"
    EXCEEDS = "EXCEEDS"
    NOT_REPRODUCED = "NOT REPRODUCED"
    UNDECIDABLE = "UNDECIDABLE"
    INCONCLUSIVE = "INCONCLUSIVE"


Interval = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One line of the table. Numbers are in the printed ``unit`` (proportions in percent unless it says fraction).

    ``reported`` is None for rows that only show what we measured (chance, majority, a proposal). ``verdict`` is
    None where nothing was reported or nothing was run. ``values`` are the seeds' results in the order of ``seeds``,
    each over all its folds, and ``sd`` is theirs: over seeds. ``folds`` are the scores of single folds; how much these
    differ is ``sd_over_folds``, which enters no interval. ``folds_planned`` counts those that a seed has.

    ``measures`` says what the metric is, where its name alone does not. ``widened`` are those of the ``notes`` that
    say what widens the margin or narrows the items that the number is taken on.
    """

    experiment: str
    title: str
    metric: str
    unit: str
    reported: Reported | None
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    failed_seeds: tuple[int, ...]
    mean: float | None
    sd: float | None
    ci95: Interval | None
    difference: float | None
    ci90_difference: Interval | None
    pi95: Interval | None
    margin: float | None
    margin_rule: str
    verdict: Verdict | None
    verdict_default: Verdict | None
    verdict_half_margin: Verdict | None
    verdict_twice_margin: Verdict | None
    sentence: str
    notes: tuple[str, ...] = ()
    is_baseline: bool = False
    not_run: str | None = None
    extra: dict[str, float] = field(default_factory=dict)
    folds: tuple[FoldScore, ...] = ()
    folds_planned: int = 0
    measures: str = ""
    widened: tuple[str, ...] = ()

    @property
    def sd_over_folds(self) -> float | None:
        """Sd over folds of each fold's mean over seeds; None with fewer than two folds."""
        return sd_over_folds(self.folds)
