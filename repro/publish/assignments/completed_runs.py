"""How much of a study has been run, by its records."""

from repro.publish.assignments.standing import CompletedRuns
from repro.runs.ledger import Ledger
from repro.runs.plan import Plan


def completed_runs(plan: Plan, ledger: Ledger) -> CompletedRuns:
    """The runs of a plan that have a whole record of success."""
    return CompletedRuns(sum(record.state == "done" for record in ledger.of(plan)), len(plan.runs))
