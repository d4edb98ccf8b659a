"""Records that are copies: two runs that end in the same bytes although they start apart."""

from collections.abc import Callable, Sequence

from repro.runs.plan import Run
from repro.runs.record import Record

Pair = tuple[Run, Record]
Start = Callable[[Run], frozenset[str] | None]
"""Gives the hashes of the tensors that a run's net starts with, whatever they are called; None where nobody knows."""


def copies(pairs: Sequence[Pair], start: Start) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """``{run id: sentences}`` of what is wrong, and of what is only worth a remark.

    Two nets that started with other weights never end with the same ones, nor with the same predictions: one of the
    two records is a copy. Where both start alike the equality is only remarked on: an experiment may differ in a
    setting or a layer that changes nothing. Estimators are left alone, as many make no use of their seed.
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
                    if starts[0] is None or starts[1] is None:
                        target, why = remarks, "whether they start apart could not be looked at"
                    elif apart(starts[0], starts[1]):
                        target, why = wrong, "though the two start apart: one is a copy"
                    else:
                        target, why = remarks, "and both start alike"
                    target.setdefault(run.id, []).append(f"has the {what} of {_named(twin)}, byte for byte, {why}")
    return wrong, remarks


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each of two starts has a tensor that the other lacks.

    >>> apart(frozenset("ab"), frozenset("ac")), apart(frozenset("ab"), frozenset("abc"))
    (True, False)
    """
    return not (one <= other or other <= one)


def _groups(pairs: Sequence[Pair], field: str) -> list[list[Pair]]:
    by_hash: dict[str, list[Pair]] = {}
    for run, record in pairs:
        value = getattr(record, field)
        if value is not None and record.state == "done" and record.training_path != "estimator":
            by_hash.setdefault(value, []).append((run, record))
    return [group for group in by_hash.values() if len(group) > 1]


def _named(run: Run) -> str:
    return run.title
