"""Ways to forge a study's results so that every hash fits again, as someone would who knows the files."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from repro.runs.ledger import Ledger
from repro.runs.plan import Plan, Run
from repro.runs.predictions_file import arrays_sha256, pack, unpack
from repro.runs.record import Record

Arrays = dict[str, np.ndarray]
Change = Callable[[dict[str, Any]], None]


def the_run(plan: Plan, experiment: str, seed: int) -> Run:
    return next(run for run in plan.runs if (run.experiment.name, run.seed) == (experiment, seed))


def record_path(plan: Plan, run: Run) -> Path:
    return Ledger(plan.spec.folder, "runs").path(run, plan.spec.rung)


def typed(plan: Plan, run: Run, change: Change) -> None:
    """Type something into a record, then seal it again."""
    path = record_path(plan, run)
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(Record.model_validate_json(json.dumps(fields)).sealed_with_hash().to_json())


def predicted(plan: Plan, run: Run, change: Callable[[Arrays], Mapping[str, np.ndarray] | None]) -> None:
    """Change the arrays of predictions, then make their hash and the record's again."""
    path = record_path(plan, run).with_suffix(".npz")
    arrays = unpack(path.read_bytes())
    arrays = dict(change(arrays) or arrays)
    path.write_bytes(pack(arrays))
    typed(plan, run, lambda fields: fields.update(predictions_sha256=arrays_sha256(arrays)))


def copied(plan: Plan, source: Run, target: Run, **other: Any) -> None:
    """Hand in one run's record and predictions as those of another."""
    fields = json.loads(record_path(plan, source).read_text())
    fields |= {"identity": target.identity, "seed": target.seed, "experiment": target.experiment.name, **other}
    path = record_path(plan, target)
    path.write_text(Record.model_validate_json(json.dumps(fields)).sealed_with_hash().to_json())
    path.with_suffix(".npz").write_bytes(record_path(plan, source).with_suffix(".npz").read_bytes())
