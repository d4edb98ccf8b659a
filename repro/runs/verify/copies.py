"""Records that are copies: two runs that end in the same bytes although they start apart."""

from collections.abc import Callable, Sequence

from repro.runs.plan import Run
from repro.runs.record import Record

Pair = tuple[Run, Record]
Start = Callable[[Run], str | None]
"""Gives the ``weights_sha256`` of a run's starting weights, None where it cannot be known."""


def copies(pairs: Sequence[Pair], start: Start) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """``{run id: sentences}`` of what is wrong, and of what is only worth a remark.

    Two nets that started with other weights never end with the same ones, nor with the same predictions: one of the
    two records is a copy. Where both start alike (an experiment that differs in a setting which changed nothing, a
    start of zeros) the equality is only remarked on; so are equal predictions of estimators left alone, as many of
    these make no use of their seed.
    """
    wrong: dict[str, list[str]] = {}
    remarks: dict[str, list[str]] = {}
    for what, groups in (
        ("weights", _groups(pairs, "weights_sha256")),
        ("predictions", _groups(pairs, "predictions_sha256")),
    ):
        for (one, _), *others in groups:
            for other, _ in others:
                starts = (start(one), start(other))
                for run, twin in ((one, other), (other, one)):
                    if None in starts:
                        target, why = remarks, "whether they start apart could not be looked at"
                    elif starts[0] != starts[1]:
                        target, why = wrong, "though the two start apart: one is a copy"
                    else:
                        target, why = remarks, "and both start alike"
                    target.setdefault(run.id, []).append(f"has the {what} of {_named(twin)}, byte for byte, {why}")
    return wrong, remarks


def _groups(pairs: Sequence[Pair], field: str) -> list[list[Pair]]:
    by_hash: dict[str, list[Pair]] = {}
    for run, record in pairs:
        value = getattr(record, field)
        if value is not None and record.state == "done" and record.training_path != "estimator":
            by_hash.setdefault(value, []).append((run, record))
    return [group for group in by_hash.values() if len(group) > 1]


def _named(run: Run) -> str:
    return f"{run.experiment.name} seed {run.seed}"
