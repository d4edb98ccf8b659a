"""Folds: how many there are, what each is called and in which order, known before any data are read."""

from collections.abc import Iterable, Mapping

from repro.spec.column_names import fold_column
from repro.spec.dataset_kinds import DatasetFacts
from repro.spec.experiment import Splits


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """The different values, numbers by size before texts by letters: fold k of leave-one-out is the k-th of them.

    >>> in_order(["10", "9", "b", "a", "9"])
    ('9', '10', 'a', 'b')
    """
    return tuple(sorted(set(values), key=_by_size))


def _by_size(value: str) -> tuple[int, float, str]:
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)


def column_values(facts: DatasetFacts | None, column: str) -> tuple[str, ...] | None:
    """The values of a column as far as the facts tell, in order; None where they don't."""
    if facts is None:
        return None
    if column in facts.own_columns:
        return in_order(facts.own_columns[column].values)
    for label in facts.labels.values():
        if label.column == column and label.classes is not None:
            return in_order(label.classes)
    if column == "fold" and facts.folds:
        return tuple(str(n) for n in range(1, facts.folds + 1))
    return None


def known_columns(facts: DatasetFacts | None) -> tuple[str, ...] | None:
    """Columns by which items may be tied together or divided; None where nobody knows them before the data are read."""
    if facts is None:
        return None
    if facts.own_columns:
        return tuple(facts.own_columns)
    named = [label.column for label in facts.labels.values() if label.kind == "class"]
    return tuple(dict.fromkeys([*named, *facts.groups, *(["fold"] if facts.folds else [])]))


def official_column(facts: DatasetFacts | None) -> str:
    """The column of the official folds."""
    return (fold_column(facts.own_columns) if facts is not None else None) or "fold"


def fold_names(splits: Splits, facts: DatasetFacts | None) -> tuple[str, ...] | None:
    """What each fold is called: its number, or the group that it leaves out. Empty without folds.

    None where the facts do not tell how many there are.
    """
    folds = splits.folds
    if folds is None:
        return ()
    if folds.by == "lists":
        return tuple(str(n) for n in range(1, len(folds.lists) + 1))
    if folds.by == "count":
        assert folds.count is not None
        return tuple(str(n) for n in range(1, folds.count + 1))
    if facts is None and splits.own_folds is not None:
        return tuple(str(n) for n in range(1, splits.own_folds + 1))
    official = folds.by == "official"
    return column_values(facts, official_column(facts) if official else (splits.group or ""))


def chosen_folds(splits: Splits, facts: DatasetFacts | None) -> tuple[int | None, ...]:
    """Numbers of the folds that are run, from 1; ``(None,)`` without folds."""
    names = fold_names(splits, facts)
    if names is not None and not names:
        return (None,)
    if splits.only:
        return tuple(dict.fromkeys(splits.only))
    if names is None:
        raise ValueError("how many folds there are is not known before the data are read")
    return tuple(range(1, len(names) + 1))


def groups_of(splits: Splits, facts: DatasetFacts | None) -> Mapping[str, bool]:
    """Columns that tie items together, each with whether parts must not share its values.

    What the spec says has to hold. Of the columns that the data set is known to have, one must hold where the spec
    says nothing of groups, and is looked at and shown where the spec names another one or ``none``.
    """
    required = {splits.group: True} if splits.group else {}
    if splits.folds is not None and splits.folds.column:
        required[splits.folds.column] = True
    silent = not required and not splits.group_none
    known = facts.groups if facts is not None else splits.own_groups
    return {**dict.fromkeys(known, silent), **required}
