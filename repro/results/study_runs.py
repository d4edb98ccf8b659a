"""A spec with its records sorted and its results: what the figures are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass

from repro.results.results import Results
from repro.results.runs_by_experiment import Runs
from repro.runs.record import Record
from repro.spec.spec import Spec


@dataclass(frozen=True)
class StudyRuns:
    """``runs`` are keyed by experiment, of those that were to be run."""

    spec: Spec
    runs: Mapping[str, Runs]
    results: Results

    def records(self, name: str) -> list[Record]:
        """The finished records of an experiment, seeds in order."""
        return self.runs[name].records if name in self.runs else []
