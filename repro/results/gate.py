"""What makes a row invalid before any statistics: a leakage gate that failed, data that are not the same data."""

from collections.abc import Sequence

from repro.runs.record import Record
from repro.spec.experiment import Experiment


def invalid_reasons(experiment: Experiment, records: Sequence[Record]) -> tuple[str, ...]:
    """Reasons, in words, why the runs of an experiment are no result; empty where they are one.

    A check of the gate failed when its finding is ``{"failed": true, ...}``. Runs of one experiment must have seen the
    same data and, unless each run draws its own, the same splits.
    """
    reasons = [
        f"leakage gate failed: {check.replace('_', ' ')}"
        for check in dict.fromkeys(
            name
            for record in records
            for name, finding in record.gate.items()
            if isinstance(finding, dict) and finding.get("failed") is True
        )
    ]
    if len({r.data_sha256 for r in records if r.data_sha256}) > 1:
        reasons.append("wrong data hash: its runs did not see the same data")
    splits = {(r.fold, r.splits_sha256) for r in records if r.splits_sha256}
    if experiment.splits.seed != "run" and len(splits) > len({fold for fold, _ in splits}):
        reasons.append("wrong split hash: its runs did not see the same splits")
    return tuple(reasons)
