"""What a new table would take away from the one that is there."""

import json
from collections.abc import Mapping
from pathlib import Path

from repro.disk.untrusted_files import text_inside
from repro.results.results import Results
from repro.results.shipped_rung import MAX_BYTES

TABLE = "table.json"


def lost_runs(folder: Path, results: Results) -> tuple[str, ...]:
    """The runs that the table in ``results/`` of a study's ``folder`` rests on and that ``results`` have nothing for.

    A run is still there under another name when its record found the same numbers, and is replaced by a record of the
    same experiment, seed and fold. From another rung to ``full`` nothing is lost; from ``full`` to another all is. A
    table that is missing, damaged, or does not name its records loses nothing.
    """
    try:
        table = json.loads(text_inside(folder / "results" / TABLE, folder, MAX_BYTES))
        rung, records = str(table["rung"]), table["records"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    if not isinstance(records, Mapping) or (rung != results.rung and results.rung == "full"):
        return ()
    if rung != results.rung:
        return tuple(sorted(map(str, records))) if rung == "full" else ()
    numbers = {record.numbers_sha256 for record in results.records}
    runs = {_run(record.run) for record in results.records}
    return tuple(
        sorted(
            str(run) for run, numbers_hash in records.items() if numbers_hash not in numbers and _run(run) not in runs
        )
    )


def _run(run_id: str) -> str:
    """Experiment, seed and fold of a run's id."""
    return str(run_id).rpartition("-")[0]
