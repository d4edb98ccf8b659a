"""How far a plan is: what each run is, and why; which records answer no run, and why not. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from repro.data.own_code import OwnCodeError, code_sha256
from repro.runs.flatten import flatten
from repro.runs.identity import own_files, read_by_own_code, resolved
from repro.runs.lease import Holder, LiveFiles
from repro.runs.ledger import Damage, Ledger, is_over
from repro.runs.plan import Plan, Run
from repro.runs.record import Record
from repro.training.numerics import NUMERICS, feature_numerics, numerics_of

State = Literal["done", "failed", "running", "stopped", "missing"]
STATES: tuple[State, ...] = ("done", "failed", "running", "stopped", "missing")

_SHOWN = 3


@dataclass(frozen=True)
class RunStatus:
    """One run. ``why`` says what there is to say beside the state, in a sentence; empty for a run that is done.

    ``stopped`` runs have a checkpoint to go on from. ``again`` is whether the next ``repro run`` trains it.
    """

    run: Run
    state: State
    why: str
    again: bool
    holder: Holder | None = None


@dataclass(frozen=True)
class Stale:
    """A whole record of one of the plan's experiments and seeds which is not of the run as the spec has it now."""

    path: Path
    record: Record
    why: str


@dataclass(frozen=True)
class Status:
    """All runs of a plan in its order; records that do not count, and files that are no records."""

    plan: Plan
    runs: tuple[RunStatus, ...]
    stale: tuple[Stale, ...]
    damaged: tuple[Damage, ...]

    def count(self, state: State) -> int:
        """Runs in this state."""
        return sum(run.state == state for run in self.runs)


def status(plan: Plan) -> Status:
    """How far a plan is, by what lies under ``runs/``. Changes nothing, and takes no lock."""
    ledger = Ledger(plan.spec.folder, "runs")
    runs = tuple(_of_run(run, ledger, plan.spec.folder) for run in plan.runs)
    return Status(plan, runs, stale(plan, ledger), ledger.damaged_anywhere)


def _of_run(run: Run, ledger: Ledger, folder: Path) -> RunStatus:
    files = LiveFiles.of(folder, run)
    record, holder = ledger.answer(run), files.holder()
    if holder is not None and holder.is_alive:
        at = f"at step {holder.step:,} of {holder.steps:,}" if holder.steps else "starting"
        return RunStatus(run, "running", f"{at}, by {holder}", False, holder)
    silent = f"{holder} holds it and gives no sign of life" if holder is not None and holder.is_elsewhere else ""
    if record is not None and record.state == "done":
        return RunStatus(run, "done", "", False)
    if files.checkpoint.is_file():
        return RunStatus(run, "stopped", _joined("goes on from its checkpoint", silent), not silent, holder)
    if record is not None:
        log = ledger.log_path(run, record.rung)
        again = not is_over(record)
        what = "it is tried again" if again else "it would again; --retry tries it all the same"
        hint = f"see {log}" if log.is_file() else ""
        return RunStatus(run, "failed", _joined(record.reason or "no reason was kept", what, hint), again, holder)
    return RunStatus(run, "missing", silent, not silent, holder)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def stale(plan: Plan, ledger: Ledger) -> tuple[Stale, ...]:
    """The records of a ledger that are of a run of the plan, but of an earlier spec or of other data.

    Of an earlier spec are those that are of a run by name, seed and fold; of other data those with a run's identity.
    """
    now = {run.identity: run for run in plan.runs}
    of_name = {(run.experiment.name, run.seed, run.fold): run for run in plan.runs}
    stale_runs = []
    for path, record in ledger.whole:
        if record.identity in now:
            if why := ledger.current.why_not(record, now[record.identity]):
                stale_runs.append(Stale(path, record, why))
            continue
        run = of_name.get((record.experiment, record.seed, record.fold))
        if record.rung == plan.spec.rung and run is not None:
            stale_runs.append(Stale(path, record, why_stale(record, run, plan.spec.folder)))
    return tuple(stale_runs)


def why_stale(record: Record, run: Run, folder: Path) -> str:
    """What of a record's run is not as the spec has it now."""
    numerics = record.environment.versions.get("repro numerics")
    if numerics is not None and numerics != str(NUMERICS):
        return f"made with numerics {numerics} of this program, which now has {NUMERICS}"
    for feature, now_at in feature_numerics(record.resolved).items():
        made_at = record.environment.versions.get(numerics_of(feature), "1")
        if made_at != str(now_at):
            return f"made with numerics {made_at} of {feature}, which now has {now_at}"
    if record.resolved:
        before, now = flatten(record.resolved), flatten(resolved(run.experiment))
        paths = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
        if paths:
            shown = paths[:_SHOWN]
            changes = [f"{path} was {before.get(path, 'not there')}, is {now.get(path, 'gone')}" for path in shown]
            more = f"; and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
            return "; ".join(changes) + more
    try:
        code = code_sha256(folder, own_files(run.experiment))
    except OwnCodeError as error:
        return str(error)
    if record.code_sha256 != code:
        return f"its own code has changed since ({', '.join(own_files(run.experiment)) or 'it has none now'})"
    if files := read_by_own_code(run.experiment, folder):
        return f"a file that its own code names has changed since ({', '.join(files)})"
    return "the spec has changed since; the record is of an earlier version and does not say how"
