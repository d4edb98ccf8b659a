"""How much of a study has been run, by its records."""

from repro.publish.assignments.standing import Done
from repro.runs.ledger import Ledger
from repro.runs.plan import Plan


def done_of(plan: Plan, ledger: Ledger) -> Done:
    """The runs of a plan that have a whole record of success."""
    return Done(sum(record.state == "done" for record in ledger.of(plan)), len(plan.runs))
