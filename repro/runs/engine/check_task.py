"""Hold the records of a plan against spec, data and predictions inside a worker; own code goes into its children."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from repro.disk.without_paths import without_paths
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.messages import CheckDone, CheckTask, Message, RecordChecked
from repro.runs.ledger import Ledger
from repro.runs.plan import Run
from repro.runs.record import Record
from repro.runs.verify.check_record import Checker
from repro.runs.verify.copied_runs import Arrays, likeness
from repro.runs.verify.verification import Row, State


def check_all(task: CheckTask, say: Callable[[Message], None], isolation: Isolation) -> CheckDone:
    """Say a row for each run of the plan, in its order."""
    folder = task.plan.spec.folder
    ledger = Ledger(folder, task.source)
    checker = Checker(task.plan, ledger, task.own_code, isolation)
    pairs = ledger.pairs(task.plan)

    def read(record: Record) -> Arrays | None:
        try:
            return ledger.predictions(record)
        except ValueError:
            return None  # its own row says so

    alike = likeness(pairs, read, checker.start)
    damaged = {damage.path.stem: damage for damage in ledger.damaged}
    recorded = {run.identity: record for run, record in pairs}
    for run in task.plan.runs:
        record = recorded.get(run.identity)
        if record is not None:
            row = _with(checker.check(run, record), alike.wrong.get(run.id, ()), alike.remarks.get(run.id, ()))
        elif run.id in damaged:
            row = _row(run, "wrong", f"the record is damaged: {damaged[run.id].why}")
        else:
            row = _row(run, "no record")
        wrong, unchecked, remarks = (
            tuple(without_paths(text, folder) for text in texts) for texts in (row.wrong, row.unchecked, row.remarks)
        )
        say(RecordChecked(replace(row, wrong=wrong, unchecked=unchecked, remarks=remarks)))
    return CheckDone(tuple(sorted(alike.suspected)))


def _row(run: Run, state: State, *wrong: str) -> Row:
    return Row(run.id, run.experiment.name, run.seed, state, wrong)


def _with(row: Row, wrong: Sequence[str], remarks: Sequence[str]) -> Row:
    """The row with what other records say of it."""
    state = "wrong" if wrong else row.state
    return replace(row, state=state, wrong=(*row.wrong, *wrong), remarks=(*row.remarks, *remarks))
