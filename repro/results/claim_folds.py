"""Which folds two experiments are compared over, and what must be said about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from repro.results.runs_by_experiment import Runs

OTHER_ITEMS = "not on the same test items"


@dataclass(frozen=True)
class SharedFolds:
    """``folds`` are those that both have (empty: all there are, or none); ``missing`` why nothing can be compared,
    ``note`` what a reader must know.
    """

    folds: tuple[int, ...] = ()
    missing: str = ""
    note: str = ""


def shared_folds(names: tuple[str, str], gathered: Mapping[str, Runs]) -> SharedFolds:
    """The folds that two experiments are paired over: a seed of one is compared with the same seed of the other on the
    same folds, and where only one of them has folds, that is said.
    """
    runs = [gathered.get(name) for name in names]
    if runs[0] is None or runs[1] is None:
        return SharedFolds()
    first, other = runs[0], runs[1]
    if bool(first.folds) != bool(other.folds) and (first.done and other.done):
        folded, unfolded = names if first.folds else names[::-1]
        return SharedFolds(note=f"{OTHER_ITEMS}: {folded} is scored over folds, {unfolded} on one split")
    if not first.folds or not other.folds:
        return SharedFolds()
    both = tuple(fold for fold in first.folds if fold in other.folds)
    if not both:
        return SharedFolds(missing=f"{names[0]} and {names[1]} have no fold in common")
    fewer = set(first.folds) != set(other.folds)
    notes = [f"compared over fold{'s' * (len(both) > 1)} {', '.join(map(str, both))}, which both have"] if fewer else []
    return SharedFolds(both if fewer else (), note="; ".join(notes))
