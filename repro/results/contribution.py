"""One person's share in a pooled result: the runs of one experiment, so that others' can be laid beside it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Draw:
    """One seed's value, over all its folds, as it is stored (proportions in percent).

    ``numbers`` are the hashes of what its records found, one a fold; ``traces`` those of that with the environment and
    the times, which no two trainings have in common.
    """

    seed: int
    value: float
    numbers: tuple[str, ...]
    traces: tuple[str, ...]


@dataclass(frozen=True)
class Contribution:
    """One person's runs of one experiment, on one metric.

    ``who`` is the person's name, or the folder's. ``fingerprint`` is the same for all whose experiment is the same but
    for its seeds: recipe, own code and the content of the data. ``invalid`` says why nothing may be made of them.
    ``failed`` are seeds without a value; a ``constant`` experiment has no random part.
    """

    who: str
    experiment: str
    title: str
    metric: str
    unit: str
    direction: Literal["max", "min"]
    rung: str
    fingerprint: str
    draws: tuple[Draw, ...]
    failed: tuple[int, ...] = ()
    invalid: tuple[str, ...] = ()
    constant: bool = False
