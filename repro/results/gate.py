"""What makes a row invalid before any statistics: a leakage gate that failed, data that are not the same data."""

from collections.abc import Sequence
from typing import Any

from repro.runs.record import Record
from repro.spec.experiment import Experiment


def checks(record: Record) -> dict[str, dict[str, Any]]:
    """The gate's findings by check, as the data room made them: ``{check: {"state", "text", ...}}``."""
    findings: dict[str, dict[str, Any]] = record.gate.get("checks", {})
    return findings


def invalid_reasons(experiment: Experiment, records: Sequence[Record]) -> tuple[str, ...]:
    """Reasons, in words, why the runs of an experiment are no result; empty where they are one.

    A check of the gate failed when its state is ``failed``; the spec's waiver, with which it went on, is told with it.
    Runs of one experiment must have seen the same data and, unless each run draws its own, the same splits.
    """
    failed = [
        str(finding.get("text") or name)
        for record in records
        for name, finding in checks(record).items()
        if finding.get("state") == "failed"
    ]
    reasons = [f"leakage gate failed: {text}" for text in dict.fromkeys(failed)]
    waivers = dict.fromkeys(str(record.gate["waiver"]) for record in records if record.gate.get("waiver"))
    reasons += [f"it was run all the same, as the spec waives the gate: {waiver}" for waiver in waivers]
    if len({r.data_sha256 for r in records if r.data_sha256}) > 1:
        reasons.append("wrong data hash: its runs did not see the same data")
    splits = {(r.fold, r.splits_sha256) for r in records if r.splits_sha256}
    if experiment.splits.seed != "run" and len(splits) > len({fold for fold, _ in splits}):
        reasons.append("wrong split hash: its runs did not see the same splits")
    return tuple(reasons)
