"""The plan: experiments x seeds, each run with its identity, cheap experiments first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from repro.spec.experiment import Experiment
from repro.spec.spec import Spec


@dataclass(frozen=True)
class Run:
    """One experiment with one seed (and one fold): the unit that is trained, recorded and never repeated.

    ``promise`` is what was promised of the experiment (:func:`repro.runs.identity.promise`), for its record.
    """

    experiment: Experiment
    seed: int
    fold: int | None
    identity: str
    promise: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        """By identity: equal runs have equal ones."""
        return hash(self.identity)

    @property
    def title(self) -> str:
        """What people call it: ``cnn seed 0``, ``cnn seed 0 fold 2``."""
        return f"{self.experiment.name} seed {self.seed}" + ("" if self.fold is None else f" fold {self.fold}")

    @property
    def id(self) -> str:
        """A name for files and people: ``cnn-seed0-1f3a9c02d4e8``."""
        return id_of(self.experiment.name, self.seed, self.fold, self.identity)


def id_of(experiment: str, seed: int, fold: int | None, identity: str) -> str:
    """The id of a run from its parts.

    >>> id_of("cnn", 0, 2, "1f3a9c02d4e8b7")
    'cnn-seed0-fold2-1f3a9c02d4e8'
    """
    return f"{experiment}-seed{seed}{'' if fold is None else f'-fold{fold}'}-{identity[:12]}"


@dataclass(frozen=True)
class Plan:
    """All runs that a spec asks for at its rung, in the order in which they are started."""

    spec: Spec
    terms: str
    runs: tuple[Run, ...]
