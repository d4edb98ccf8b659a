"""Like against like: whether two experiments were tested on the same items, seed by seed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from repro.results.claim_folds import OTHER_ITEMS
from repro.results.runs_by_experiment import Runs
from repro.results.view_noise import Arrays, Predictions
from repro.runs.record import Record
from repro.spec.spec import Spec


def other_items(
    spec: Spec, names: tuple[str, str], gathered: Mapping[str, Runs], predictions: Predictions | None
) -> str:
    """What must be said where two experiments were not tested on the same items; empty where they were.

    One data set and equal hashes of the splits are enough. Where either differs, in its training items or in how its
    items are made perhaps, the kept predictions say whether test items and their labels are the same; without these
    they count as others.
    """
    first, other = (gathered.get(name) for name in names)
    if first is None or other is None or not first.done or not other.done or bool(first.folds) != bool(other.folds):
        return ""  # nothing to compare, or said where folds are compared
    sets = [spec.experiments[name].dataset for name in names]
    partners = {(r.seed, r.fold): r for r in other.records}
    alone = {r.fold: r for r in other.records}
    for record in first.records:
        partner = partners.get((record.seed, record.fold))
        if partner is None and (first.constant or other.constant):
            partner = alone.get(record.fold)
        if partner is None:
            continue
        unlike = "data sets" if sets[0] != sets[1] else _split_otherwise(record, partner)
        known = sets[0] == sets[1] or (sets[0].name == sets[1].name and not sets[0].is_code)
        if unlike and not (known and _same_kept(record, partner, predictions)):
            return f"{OTHER_ITEMS}: {names[0]} and {names[1]} have different {unlike}"
    return ""


def _split_otherwise(first: Record, other: Record) -> str:
    """``splits`` or ``folds`` where these are known to differ, in whatever part."""
    if not first.splits_sha256 or not other.splits_sha256 or first.splits_sha256 == other.splits_sha256:
        return ""
    return "folds" if first.fold is not None else "splits"


def _same_kept(first: Record, other: Record, predictions: Predictions | None) -> bool:
    """Whether both kept predictions of the same test items with the same labels."""
    stored = [None if predictions is None else predictions(record) for record in (first, other)]
    tested = [_labelled(arrays) for arrays in stored if arrays is not None and {"items", "target"} <= arrays.keys()]
    return len(tested) == 2 and all(np.array_equal(*pair) for pair in zip(*tested, strict=True))


def _labelled(arrays: Arrays) -> tuple[NDArray[Any], NDArray[Any]]:
    """Items in order, and their labels."""
    order = np.argsort(arrays["items"], kind="stable")
    return np.asarray(arrays["items"])[order], np.asarray(arrays["target"])[order]
