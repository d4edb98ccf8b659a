"""Records that are not those a table was made from: nothing is written about them before somebody has looked."""

import json
from pathlib import Path

from repro.disk.untrusted_files import text_inside
from repro.results.results import Results
from repro.results.shipped_rung import MAX_BYTES
from repro.runs.ledger import Ledger

TABLE = "table.json"


def stale(ledger: Ledger, results: Results) -> list[str]:
    """A line for each whole record that was changed or went since the table beside it was made.

    So is one that came into ``results/``, where nothing comes by itself. Tables made before tables named their records
    are not held against them. Damaged records are named elsewhere.
    """
    problems: list[str] = []
    path = _table(ledger, results.rung)
    if not path.is_file():
        return problems
    try:
        tabled = json.loads(text_inside(path, ledger.folder, MAX_BYTES)).get("records")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        return [*problems, f"{path}: cannot be read: {error}"]
    if not isinstance(tabled, dict):
        return problems
    now = {record.run: record.numbers_sha256 for record in results.records}
    again = (
        f"repro table {ledger.folder} --from results --save"
        if ledger.source == "results"
        else f"repro run {ledger.folder}" + ("" if results.rung == "full" else f" --rung {results.rung}")
    )
    broken = {damage.path.stem for damage in ledger.damaged_anywhere}
    for run in sorted((now.keys() | tabled.keys()) - broken):
        if run not in tabled and ledger.source == "runs":
            continue  # a run that has ended since; the next table will have it
        if run not in tabled:
            reason = "was written after the table was made"
        elif run not in now and any(record.numbers_sha256() == tabled[run] for record in ledger.records):
            continue  # of an experiment or seed that was not asked for
        elif run not in now:
            reason = "is gone since the table was made"
        elif now[run] != tabled[run]:
            reason = "is not the record that the table was made from"
        else:
            continue
        problems.append(f"{ledger.root / f'{run}.json'}: {reason}; look at it, then run   {again}")
    return problems


def has_table(ledger: Ledger, rung: str) -> bool:
    """Whether a table was made of these records, and still lies beside them or in ``results/``."""
    return _table(ledger, rung).is_file() or (ledger.folder / "results" / TABLE).is_file()


def _table(ledger: Ledger, rung: str) -> Path:
    of_results = ledger.source == "results"
    return (ledger.folder / "results" if of_results else ledger.folder / "runs" / rung / "table") / TABLE
