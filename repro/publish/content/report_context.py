"""The study that a document is about: its spec, its records, what they amount to, and the figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import matplotlib.figure

from repro.publish.assignments.completed_runs import completed_runs
from repro.publish.assignments.standing import CompletedRuns
from repro.publish.content.outdated_records import has_table, stale
from repro.results.collect import results as results_of
from repro.results.collect import run_id
from repro.results.results import Results
from repro.results.row import Row
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.results.view_noise import Predictions
from repro.results.wording import listed, several
from repro.results.write import figures as figures_of
from repro.runs.ledger import Damage, Ledger
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.runs.status import Stale
from repro.runs.status import stale as outdated
from repro.spec.experiment import Experiment
from repro.spec.load import load_spec
from repro.spec.spec import Spec


class StaleError(Exception):
    """Records are not those that a table was made from, or are damaged; says which."""

    exit_code = 1


@dataclass(frozen=True, eq=False)
class ReportContext:
    """A study to write about. Nothing of its folder is executed, and no data are read.

    With ``refuses_edited`` nothing is written where a record was edited; else that is named, as damage is.
    """

    spec: Spec
    plan: Plan
    ledger: Ledger
    refuses_edited: bool = True

    @cached_property
    def damage(self) -> tuple[Damage, ...]:
        """Records that cannot be trusted, and damaged predictions of those that count."""
        return (*self.ledger.damaged_anywhere, *self.ledger.damaged_predictions(self.records))

    @property
    def is_tabled(self) -> bool:
        """Whether a table stands beside the records, which would show that one was changed since."""
        return has_table(self.ledger, self.spec.rung)

    def check(self) -> None:
        """Refuse to write about records that do not stand as they were tabled, or that somebody edited.

        Of what is only damaged the results say that it does not count.

        Raises:
            StaleError: names every such record.

        """
        problems = [
            f"{damage.path}: {damage.why}" for damage in self.damage if damage.kind == "edited" and self.refuses_edited
        ]
        problems += stale(self.ledger, self.results)
        problems += [
            f"{stale_record.path}: {stale_record.why}; repro run {self.ledger.folder} trains it again"
            for stale_record in self._of_other_data
        ]
        if problems:
            raise StaleError("\n".join(problems))

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
    def done(self) -> CompletedRuns:
        """How much of the study was run."""
        return completed_runs(self.plan, self.ledger)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """The records that answer the plan."""
        return tuple(self.ledger.of(self.plan))

    @property
    def not_run(self) -> str:
        """That no run of the plan has a record, and of which other rungs there are some; without a full stop."""
        rungs = Counter(record.rung for record in self.ledger.records if record.state == "done")
        others = [f"{several(count, 'run')} of rung {rung}" for rung, count in rungs.items() if rung != self.spec.rung]
        if not others:
            return "Nothing has been run yet"
        return f"Nothing has been run yet at rung {self.spec.rung}; {listed(others)} are there and not shown here"

    @cached_property
    def results(self) -> Results:
        """What they amount to, and which records do not count."""
        results = results_of(self.spec, self.plan, self.records, predictions=self.predictions)
        left = [(damage.path, damage.said) for damage in self.damage]
        left += [(stale_record.path, f"not counted: {stale_record.why}") for stale_record in self._of_other_data]
        messages = [f"{path.relative_to(self.ledger.folder)}: {why}" for path, why in left]
        return replace(results, warnings=(*results.warnings, *messages))

    @cached_property
    def _of_other_data(self) -> list[Stale]:
        """Records of the plan's runs that are of other data than lie there now."""
        now = {run.identity for run in self.plan.runs}
        return [stale for stale in outdated(self.plan, self.ledger) if stale.record.identity in now]

    @cached_property
    def runs(self) -> StudyRuns:
        """The records sorted by experiment."""
        runs, _ = gather(self.spec, self.plan, self.records)
        return StudyRuns(self.spec, runs, self.results)

    @property
    def predictions(self) -> Predictions:
        """The kept predictions of a record."""
        return lambda record, view="test": self.ledger.whole_predictions(record, view=view)

    def keeps_predictions(self, record: Record) -> bool:
        """Whether the predictions of a record are kept and whole."""
        return self.ledger.has_predictions(record) and not self.ledger.damaged_predictions([record])

    @cached_property
    def figures(self) -> Mapping[str, matplotlib.figure.Figure]:
        """All figures that the records allow, by name."""
        return figures_of(self.runs, self.predictions) if self.records else {}

    @property
    def run(self) -> tuple[Experiment, ...]:
        """The experiments that are run, in the spec's order."""
        return tuple(experiment for experiment in self.spec.experiments.values() if experiment.not_run is None)

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
        name = metric or f"test/{self.spec.experiments[experiment].main_metric}"
        rows = [row for row in self.results.rows if row.experiment == experiment and row.metric == name]
        return max(rows, key=lambda row: row.reported is not None, default=None)
