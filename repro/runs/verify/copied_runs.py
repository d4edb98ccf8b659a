"""Records that are copies: two runs that end in the same scores although they start apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from repro.runs.plan import Run
from repro.runs.record import Record
from repro.runs.verify.start import Start, apart

Pair = tuple[Run, Record]
Arrays = dict[str, np.ndarray[Any, Any]]
Read = Callable[[Record], Arrays | None]

EQUAL = 0.05
"""The share of scores that are the same to the last bit from which two records are no two runs. Of 1,771 pairs of
shipped records none has more than 0.0012.
"""
MOST = 0.5
"""The share of scores that are nearly the same from which two records are no two runs of a net that bends. Of shipped
records none has more than 0.015.
"""
NEAR = 1e-3
"""How near two scores are that a nudge or a rounding has parted, as a share of them."""
LOOSE = 0.01
"""Two runs that fit numbers differ by more than this share of what they are off the truth."""
FEWEST = 10
"""Scores that stand once in a record from which anything is said."""
ROWS = 2_000
"""So many test items of a record are compared, spread over all of them."""

StartOf = Callable[[Run], Start | None]
"""Gives the start of a run's net; None where nobody knows."""


@dataclass
class Likeness:
    """Sentences by run id: of what is wrong, and of what is only worth a remark. ``suspected`` are runs of which
    training again should tell.
    """

    wrong: dict[str, list[str]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    suspected: set[str] = field(default_factory=set)

    def say(self, pair: tuple[Run, Run], text: str, *, wrong: bool) -> None:
        """Say ``text`` of both runs; ``{}`` in it is the other one's name."""
        for run, twin in (pair, pair[::-1]):
            (self.wrong if wrong else self.remarks).setdefault(run.id, []).append(text.format(twin.title))
            if not wrong:
                self.suspected.add(run.id)


def likeness(pairs: Sequence[Pair], read: Read, start: StartOf) -> Likeness:
    """All that is alike among records, of nets; estimators are left alone, as many make no use of their seed.

    Two nets that started with other weights never end with the same ones, nor with the same predictions: one of the
    two records is a copy. Where both start alike the equality is only remarked on: an experiment may differ in a
    setting or a layer that changes nothing.

    Args:
        pairs: runs with their records.
        read: gives the arrays that a record keeps of its test items; None where there are none.
        start: of a run's net.

    """
    result = Likeness()
    nets = [(run, record) for run, record in pairs if record.state == "done" and record.training_path != "estimator"]
    for what, field_name in (("weights", "weights_sha256"), ("predictions", "predictions_sha256")):
        for (reference, _), *twins in _groups(nets, field_name):
            for other, _ in twins:
                _same_bytes(result, what, reference, other, start)
    scored = [(run, record, _scores(read(record))) for run, record in nets if record.predictions_sha256 is not None]
    for (reference, first, some), (other, second, others) in combinations(scored, 2):
        if first.predictions_sha256 != second.predictions_sha256:  # equal to the byte: said above
            _same_scores(result, (reference, other), (some, others), start)
    return result


def _same_bytes(result: Likeness, what: str, first: Run, other: Run, start: StartOf) -> None:
    starts = (start(first), start(other))
    if starts[0] is None or starts[1] is None:
        why, wrong = "whether they start apart could not be looked at", False
    elif apart(starts[0], starts[1]):
        why, wrong = "though the two start apart: one is a copy", True
    else:
        why, wrong = "and both start alike", False
    result.say((first, other), f"has the {what} of {{}}, byte for byte, {why}", wrong=wrong)


def _same_scores(result: Likeness, pair: tuple[Run, Run], scores: tuple["Scored", "Scored"], start: StartOf) -> None:
    """Say of two runs that their scores are the same but for a few; of two seeds also, that they nearly are."""
    twins = len({(run.experiment.name, run.fold) for run in pair}) == 1
    equal, near, is_loose = _shares(*scores, nearly=twins)
    if equal < EQUAL and near < MOST:
        return
    starts = (start(pair[0]), start(pair[1]))
    known = starts[0] is not None and starts[1] is not None and apart(starts[0], starts[1])
    bends = known and starts[0] is not None and starts[0].bends
    if equal >= EQUAL:
        text = f"has {100 * equal:.0f} % of the test items' scores of {{}}, to the last bit"
        result.say(pair, text + (", though the two start apart: one is a copy" if known else ""), wrong=known)
        return
    text = f"has {100 * near:.0f} % of the test items' scores of {{}} but for less than {100 * NEAR:g} %"
    if bends and not is_loose:
        result.say(pair, f"{text}, though the two start apart: one is a copy", wrong=True)
    else:
        result.say(pair, f"{text}; runs that come to one solution may", wrong=False)


@dataclass(frozen=True, eq=False)
class _Values:
    """Numbers of some test items, float64 ``(items, values)``, in the order of the items, and which stand there once.

    What stands there more than once (a loss of 0, a score that is cut off) may be the same by chance. ``off`` is how
    far they are off the truth in the middle, None of classes.
    """

    values: np.ndarray[Any, Any]
    once: np.ndarray[Any, Any]
    off: float | None


Scored = tuple[tuple[bytes, ...], dict[str, _Values]]
"""The items, and their values by the name of the array."""


def _scores(arrays: Arrays | None) -> Scored:
    if arrays is None or "items" not in arrays or arrays["items"].ndim != 1:
        return (), {}
    keys = [arrays[name] for name in ("segments", "items") if name in arrays]
    if any(len(key) != len(keys[-1]) for key in keys):
        return (), {}
    order = np.lexsort(keys)
    order = order[np.unique(np.linspace(0, len(order) - 1, min(len(order), ROWS)).astype(np.int64))]
    scores: dict[str, _Values] = {}
    for name in ("predicted", "item_loss"):
        if name not in arrays or arrays[name].dtype.kind != "f" or len(arrays[name]) != len(keys[-1]):
            continue
        values = arrays[name][order].reshape(len(order), -1).astype(np.float64)
        _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
        target = arrays.get("target")
        off = None
        if name == "predicted" and target is not None and target.dtype.kind == "f" and len(target) == len(keys[-1]):
            truth = target[order].reshape(len(order), -1)
            off = float(np.median(np.abs(values - truth))) if truth.shape == values.shape else None
        scores[name] = _Values(values, (counts[at] == 1).reshape(values.shape), off)
    return tuple(key[order].tobytes() for key in keys), scores


def _shares(first: Scored, other: Scored, *, nearly: bool) -> tuple[float, float, bool]:
    """Of the scores that stand in a record once: how many are the same, and ``nearly`` the same; and whether two runs
    that fit their numbers as well as these may be so near.
    """
    best = (0.0, 0.0, False)
    if first[0] != other[0]:
        return best
    for name in first[1].keys() & other[1].keys():
        some, others = first[1][name], other[1][name]
        if some.values.shape != others.values.shape or some.once.sum() < FEWEST:
            continue
        equal = float((some.values == others.values)[some.once].mean())
        if not nearly:
            best = max(best, (equal, 0.0, False))
            continue
        distance = np.abs(some.values - others.values)
        near = float((distance <= NEAR * np.abs(some.values))[some.once].mean())
        is_loose = some.off is not None and float(np.median(distance)) > LOOSE * some.off
        best = max(best, (equal, near, is_loose))
    return best


def _groups(pairs: Sequence[Pair], field_name: str) -> list[list[Pair]]:
    by_hash: dict[str, list[Pair]] = {}
    for run, record in pairs:
        value = getattr(record, field_name)
        if value is not None:
            by_hash.setdefault(value, []).append((run, record))
    return [group for group in by_hash.values() if len(group) > 1]
