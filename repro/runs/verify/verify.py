"""Is a folder of results real? Check every record of a plan, then train some runs again.

What this finds: numbers, predictions, labels, items, counts or hashes of one record that do not fit together, the
spec or the data; records that are copies; and, by training again, whatever training does not give. What it cannot
find: a record made up from end to end whose run is not drawn, and, where nothing can be compared byte by byte, one
that is made up within the seeds' own spread.
"""

from collections.abc import Callable, Sequence

from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.plan import Plan, Run
from repro.runs.record import Record
from repro.runs.verify.check_record import Checker
from repro.runs.verify.copies import copies
from repro.runs.verify.draw import draw, is_short, may_be_drawn
from repro.runs.verify.judged import could_not, judge
from repro.runs.verify.own_parts import names_own
from repro.runs.verify.train_again import here, train_again
from repro.runs.verify.verification import Drawn, Event, Retrained, Row, Verification
from repro.training.module import make_module
from repro.training.weights_hash import weights_sha256

Pair = tuple[Run, Record]


def verify(
    plan: Plan,
    ledger: Ledger,
    *,
    sample: int | None,
    seed: int,
    own_code: bool = False,
    tell: Callable[[Event], None] = lambda event: None,
) -> Verification:
    """Check the records of a plan, then train some of its runs again. Writes nothing.

    Args:
        plan: the runs whose records are asked for.
        ledger: where these lie.
        sample: how many runs are trained again, drawn from all that can be; None for one of the short ones
            (:data:`repro.runs.verify.draw.SHORT_SECONDS`).
        seed: of the draw.
        own_code: whether the folder's own code may be run; without it nothing of the folder is executed.
        tell: is told each row as it is found, each run as it is drawn and what came of it.

    """
    checker = Checker(plan, ledger, own_code)
    pairs = _pairs(plan, ledger)
    same, remarks = copies(pairs, lambda run: _start(checker, run))
    damaged = {damage.path.stem: damage for damage in ledger.damaged}
    recorded = {run.identity: record for run, record in pairs}
    rows: list[Row] = []
    for run in plan.runs:
        record = recorded.get(run.identity)
        if record is not None:
            row = _with(checker.check(run, record), same.get(run.id, ()), remarks.get(run.id, ()))
        elif run.id in damaged:
            row = Row(
                run.id, run.experiment.name, run.seed, "wrong", (f"the record is damaged: {damaged[run.id].why}",)
            )
        else:
            row = Row(run.id, run.experiment.name, run.seed, "no record")
        rows.append(row)
        tell(row)
    pool = _pool(pairs, rows, short=sample is None, own_code=own_code)
    drawn = draw(pool, 1 if sample is None else sample, seed)
    again = []
    for position, (run, record) in enumerate(drawn, start=1):
        tell(Drawn(run.id, run.experiment.name, run.seed, record.timings.total, position, len(drawn)))
        again.append(_retrain(plan, ledger, checker, run, record, rows, len(drawn)))
        tell(again[-1])
    named = {run.id for run in plan.runs}
    notes = tuple(f"{d.path}: not counted: {d.why}" for d in ledger.damaged if d.path.stem not in named)
    return Verification(
        spec=plan.spec.name,
        rung=plan.spec.rung,
        source=ledger.source,
        rows=tuple(rows),
        retrained=tuple(again),
        seed=seed,
        pool=len(pool),
        environment=here(),
        notes=notes,
    )


def _pairs(plan: Plan, ledger: Ledger) -> list[Pair]:
    """Each run with its record, as the tables take them."""
    by_identity = {record.identity: record for record in ledger.of(plan)}
    return [(run, by_identity[run.identity]) for run in plan.runs if run.identity in by_identity]


def _pool(pairs: Sequence[Pair], rows: Sequence[Row], *, short: bool, own_code: bool) -> list[Pair]:
    """Runs that may be drawn, in an order that does not depend on the plan's: not yet found wrong, allowed to run."""
    wrong = {row.id for row in rows if row.state == "wrong"}
    pool = [
        (run, record)
        for run, record in pairs
        if run.id not in wrong
        and may_be_drawn(record)
        and (own_code or not names_own(run.experiment))
        and (is_short(record) or not short)
    ]
    return sorted(pool, key=lambda pair: pair[0].identity)


def _retrain(
    plan: Plan, ledger: Ledger, checker: Checker, run: Run, record: Record, rows: Sequence[Row], drawn: int
) -> Retrained:
    wrong = {row.id for row in rows if row.state == "wrong"}
    whole = make_plan(plan.spec, (run.experiment.name,))  # other seeds count also where --seeds leaves them out
    others = [
        other
        for twin, other in _pairs(whole, ledger)
        if twin.identity != run.identity and twin.id not in wrong and other.state == "done"
    ]
    try:
        new = train_again(plan, run, checker.data(run), accelerator=record.environment.accelerator)
    except Exception as error:  # noqa: BLE001 - one run that cannot be trained must not hide what else was found
        return could_not(run, record, error)
    return judge(run, record, new, others, drawn)


def _start(checker: Checker, run: Run) -> frozenset[str] | None:
    """The hashes of a run's starting tensors; None where they need own code that may not be run, or cannot be built."""
    if names_own(run.experiment) and not checker.own_code:
        return None
    try:
        module = make_module(run.experiment, checker.data(run), seed=run.seed, folder=checker.plan.spec.folder)
    except Exception:  # noqa: BLE001 - the record's own row says what cannot be had
        return None
    return frozenset(weights_sha256({"": tensor}) for tensor in module.network.state_dict().values())


def _with(row: Row, wrong: Sequence[str], remarks: Sequence[str]) -> Row:
    if not wrong and not remarks:
        return row
    return Row(
        row.id,
        row.experiment,
        row.seed,
        "wrong" if wrong else row.state,
        (*row.wrong, *wrong),
        row.unchecked,
        (*row.remarks, *remarks),
        row.sha256,
    )
