"""The study that a document is about: its spec, its records, what they amount to, and the figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import matplotlib.figure

from repro.publish.assignments.done import done_of
from repro.publish.assignments.standing import Done
from repro.publish.content.stale import has_table, stale
from repro.results.collect import results as results_of
from repro.results.collect import run_id
from repro.results.gathered import gather
from repro.results.results import Results
from repro.results.row import Row
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import Predictions
from repro.results.write import figures as figures_of
from repro.runs.ledger import Ledger
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.load import load_spec
from repro.spec.spec import Spec


class StaleError(Exception):
    """Records are not those that a table was made from, or are damaged; says which."""

    exit_code = 1


@dataclass(frozen=True, eq=False)
class Subject:
    """A study to write about. Nothing of its folder is executed, and no data are read."""

    spec: Spec
    plan: Plan
    ledger: Ledger

    @property
    def is_tabled(self) -> bool:
        """Whether a table stands beside the records, which would show that one was changed since."""
        return has_table(self.ledger, self.spec.rung)

    def check(self) -> None:
        """Refuse to write about records that do not stand as they were tabled.

        Raises:
            StaleError: names every such record.

        """
        found = stale(self.ledger, self.results)
        if found:
            raise StaleError("\n".join(found))

    @cached_property
    def full(self) -> Spec:
        """The spec without its rung: what the paper did, where a rung takes other data or parts."""
        return self.spec if self.spec.rung == "full" else load_spec(self.spec.path)

    @cached_property
    def of_rung(self) -> frozenset[str]:
        """The words of the spec that the rung changes."""
        rung = self.spec.rungs.get(self.spec.rung)
        return frozenset() if rung is None else frozenset(path.partition(".")[0] for path in rung.changes)

    @cached_property
    def done(self) -> Done:
        """How much of the study was run."""
        return done_of(self.plan, self.ledger)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records that answer the plan."""
        return tuple(self.ledger.of(self.plan))

    @cached_property
    def results(self) -> Results:
        """What they amount to."""
        return results_of(self.spec, self.plan, self.records, predictions=self.predictions)

    @cached_property
    def runs(self) -> StudyRuns:
        """The records sorted by experiment."""
        runs, _ = gather(self.spec, self.plan, self.records)
        return StudyRuns(self.spec, runs, self.results)

    @property
    def predictions(self) -> Predictions:
        """The kept predictions of a record."""
        return lambda record, view="test": self.ledger.predictions(record, view=view)

    def keeps_predictions(self, record: Record) -> bool:
        """Whether the predictions of a record are kept and whole."""
        return self.predictions(record) is not None

    @cached_property
    def figures(self) -> Mapping[str, matplotlib.figure.Figure]:
        """All figures that the records allow, by name."""
        return figures_of(self.runs, self.predictions) if self.records else {}

    @property
    def run(self) -> tuple[Experiment, ...]:
        """The experiments that are run, in the spec's order."""
        return tuple(one for one in self.spec.experiments.values() if one.not_run is None)

    @property
    def baseline(self) -> Experiment:
        """The one that all others are compared with."""
        return self.spec.experiments[self.spec.baseline]

    def title(self, experiment: str) -> str:
        """An experiment's printed name."""
        return self.spec.experiments[experiment].title or experiment

    def ids(self, experiment: str) -> tuple[str, ...]:
        """The ids of an experiment's finished runs."""
        return tuple(run_id(r) for r in self.records if r.experiment == experiment and r.state == "done")

    def first(self, experiment: str) -> Record | None:
        """A finished record of an experiment, the first seed's; None without one."""
        return next((r for r in self.records if r.experiment == experiment and r.state == "done"), None)

    def row(self, experiment: str, metric: str = "") -> Row | None:
        """An experiment's row of a metric, one with a reported number before one without; the main metric's without."""
        wanted = metric or f"test/{self.spec.experiments[experiment].main_metric}"
        rows = [row for row in self.results.rows if row.experiment == experiment and row.metric == wanted]
        return max(rows, key=lambda row: row.reported is not None, default=None)
