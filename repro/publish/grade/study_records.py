"""What a folder's records say of its runs, its leakage gate and its verdicts.

Predictions are opened to see whether they are whole, and for nothing else.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repro.publish.content.outdated_records import TABLE, stale
from repro.publish.grade.grade_row import RunCounts
from repro.publish.grade.survey import is_sound
from repro.results.changed_terms import AFTER
from repro.results.collect import results
from repro.results.own_code_note import OWN_CODE
from repro.results.results import Results
from repro.results.row import Row as ResultRow
from repro.results.row import Verdict
from repro.results.wording import short
from repro.runs.ledger import Damage, Ledger
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.runs.status import why_stale
from repro.spec.spec import Spec
from repro.study import Study

SHOWN = 2
"""Records of one kind that are named."""

MOST_TABLE = 16 * 2**20
"""Bytes of a ``table.json`` that are read."""


@dataclass(frozen=True)
class StudyRecords:
    """The records of a study at the rung that they are of, and what is to be looked at in them."""

    spec: Spec
    plan: Plan
    ledger: Ledger
    records: tuple[Record, ...]
    runs: RunCounts
    gate: str | None
    verdicts: dict[str, int] | None
    claims: dict[str, int] | None
    look: tuple[str, ...]


def study_records(spec: Spec) -> StudyRecords:
    """Read the records of a spec's folder: ``runs/`` where they answer the full plan, else ``results/``."""
    study = at_its_rung(spec)
    ledger, plan = study.ledger(), study.plan
    records = tuple(ledger.of(plan))
    judged = results(study.spec, plan, records)
    table = ledger.folder / "results" if ledger.source == "results" else ledger.folder / "runs" / judged.rung / "table"
    changed = stale(ledger, judged) if is_sound(table / TABLE, MOST_TABLE) else []
    damaged = ledger.damaged_anywhere
    spoilt = ledger.damaged_predictions(records)
    old = _old(plan, ledger)
    runs = RunCounts(
        rung=study.spec.rung,
        source=ledger.source,
        planned=len(plan.runs),
        present=len(ledger.records) + len(damaged),
        done=sum(record.state == "done" for record in records),
        failed=sum(record.state != "done" for record in records),
        missing=len(plan.runs) - len(records),
        stale=len(changed) + len(old),
        damaged=len(damaged) + len(spoilt),
    )
    return StudyRecords(
        study.spec,
        plan,
        ledger,
        records,
        runs,
        _gate(judged, records),
        _verdicts(judged) if records else None,
        dict(Counter(str(claim.verdict) for claim in judged.claims)) if records else None,
        (*_look(judged, ledger, (*damaged, *spoilt)), *_few((*changed, *old), ledger)),
    )


def at_its_rung(spec: Spec, at: Callable[[str], Spec] | None = None) -> Study:
    """The study at the rung that its records are of; a table that is no plain file is not looked into.

    Args:
        spec: the full one.
        at: gives it at another rung; by default its file is read again.

    """
    return Study(spec).kept(at=at) if is_sound(spec.folder / "results" / TABLE, MOST_TABLE) else Study(spec)


def _old(plan: Plan, ledger: Ledger) -> list[str]:
    """A line for each whole record of one of the plan's runs as the spec had it before."""
    now = {run.identity for run in plan.runs}
    of_name = {(run.experiment.name, run.seed, run.fold): run for run in plan.runs}
    lines = []
    for path, record in ledger.whole:
        run = of_name.get((record.experiment, record.seed, record.fold))
        if run is not None and record.identity not in now and record.rung == plan.spec.rung:
            lines.append(f"{path}: not of this spec: {why_stale(record, run, plan.spec.folder)}")
    return lines


def _gate(table: Results, records: tuple[Record, ...]) -> str | None:
    """What the gate said of the runs there are: ``fine``, or the first of what it found; None where it said nothing."""
    if not any(record.gate.get("checks") for record in records):
        return None
    if not table.leaks:
        return "fine"
    more = f" (and {len(table.leaks) - 1} more)" if len(table.leaks) > 1 else ""
    return f"{table.leaks[0].state}: {table.leaks[0].check}{more}"


def _verdicts(table: Results) -> dict[str, int]:
    return {str(verdict): count for verdict, count in table.counts.items()}


def _look(table: Results, ledger: Ledger, damaged: Sequence[Damage]) -> list[str]:
    lines = [leak.sentence for leak in table.leaks]
    lines += [note for note in table.footnotes if note.startswith(OWN_CODE)]
    invalid = [row for row in table.judged if row.verdict_default is Verdict.INVALID]
    if invalid:
        names = list(dict.fromkeys(row.experiment for row in invalid))
        lines.append(f"{len(invalid)} INVALID: {invalid[0].sentence} ({', '.join(names)})")
    lines += [warning for warning in table.warnings if AFTER in warning]
    widened = [f"{row.experiment}, {row.metric}: {text}" for row in table.judged for text in _widened(row)]
    more = [f"and {len(widened) - SHOWN} more rows like these"] if len(widened) > SHOWN else []
    broken = _few([f"{damage.path}: damaged: {damage.why}" for damage in damaged], ledger)
    return [*lines, *broken, *widened[:SHOWN], *more]


def _widened(row: ResultRow) -> list[str]:
    """What widens the margin of a row, or narrows its items."""
    if "wide margin" not in row.notes or row.margin is None:
        return list(row.widened)
    default = f", the default is {short(row.extra['margin_default'])}" if "margin_default" in row.extra else ""
    return [f"wide margin: {short(row.margin)}{default}", *row.widened]


def _few(lines: Sequence[str], ledger: Ledger) -> list[str]:
    """The first of some lines, and how many more there are; places from the folder on."""
    shown = [line.removeprefix(str(ledger.folder)).lstrip("/\\").split("; look at it")[0] for line in lines[:SHOWN]]
    return [*shown, f"and {len(lines) - SHOWN} more records like these"] if len(lines) > SHOWN else shown
