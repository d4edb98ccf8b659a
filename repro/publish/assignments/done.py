"""How much of a study has been run, by its records."""

from repro.publish.assignments.standing import Done
from repro.results.shipped_rung import shipped_rung
from repro.runs.ledger import Ledger
from repro.runs.plan import Plan
from repro.spec.load import load_spec
from repro.spec.spec import Spec
from repro.study import Study


def done_of(plan: Plan, ledger: Ledger) -> Done:
    """The runs of a plan that have a whole record of success."""
    return Done(sum(record.state == "done" for record in ledger.of(plan)), len(plan.runs))


def kept_study(spec: Spec) -> Study:
    """The study at the rung of its records: the spec's where ``runs/`` answer it, else that of ``results/``."""
    study = Study(spec)
    rung = shipped_rung(spec.folder)
    if rung == spec.rung or rung not in (*spec.rungs, "full") or study.ledger("runs").of(study.plan):
        return study
    return Study(load_spec(spec.path, rung=rung))
