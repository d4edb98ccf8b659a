"""How many items each part has, as far as that is known without reading the data: from a frozen split, or from shares.

Shares become counts as soon as the number of items is known: it is a fact of a built-in set, is written in the spec
(``items``), or is seen in the names of a folder of one's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from repro.data.data_error import DataError
from repro.data.frozen_splits import FrozenSplitsError, load_frozen, splits_path
from repro.data.splits.amounts import counts_of
from repro.data.splits.split import PARTS
from repro.spec.experiment import Experiment, Splits, Values
from repro.spec.folds import chosen_folds
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Spec


@dataclass(frozen=True)
class PartCounts:
    """``items`` of the data set and of each of its ``parts``, empty where only the items are known.

    ``drawn`` says that they are those of a split that was drawn and frozen; else whole groups may move some items.
    """

    items: int
    parts: Mapping[str, int]
    drawn: bool = False


def part_counts(spec: Spec, experiment: Experiment) -> PartCounts | None:
    """The counts of an experiment's data; None where nobody knows them yet. With folds, those of the first."""
    facts = facts_of(experiment.dataset, spec.folder)
    if (frozen := _frozen(spec, experiment)) is not None:
        return frozen
    items = facts.items if facts is not None and facts.items else experiment.dataset.items
    splits = experiment.splits
    written = {part: amount for part in PARTS if isinstance(amount := getattr(splits, part), int)}
    if items is None:
        return PartCounts(sum(written.values()), written) if len(written) > 1 else None
    official = facts.parts if facts is not None else {}
    return PartCounts(items, _of_words(splits, items, official))


def _of_words(splits: Splits, items: int, official: Mapping[str, int]) -> Mapping[str, int]:
    amounts = {part: getattr(splits, part) for part in PARTS}
    if splits.folds is not None or splits.column is not None or any(isinstance(a, Values) for a in amounts.values()):
        return {}
    if splits.source == "official":
        return official if all(amount is None for amount in amounts.values()) else {}
    try:
        return {part: count for part, count in counts_of(amounts, items).items() if count}
    except DataError:
        return {}


def _frozen(spec: Spec, experiment: Experiment) -> PartCounts | None:
    """The counts of the split that the first run has frozen in ``runs`` or ``results``."""
    try:
        fold = chosen_folds(experiment.splits, facts_of(experiment.dataset, spec.folder))[0]
    except ValueError:
        return None
    for place in ("runs", "results"):
        path = splits_path(spec.folder / place / "splits", experiment, experiment.seeds[0], fold)
        if not path.is_file():
            continue
        try:
            split, _ = load_frozen(path, spec.folder)
        except FrozenSplitsError:
            continue  # whoever draws it again says that it is damaged
        return PartCounts(split.items, {p: len(split.parts[p]) for p in PARTS if p in split.parts}, drawn=True)
    return None
