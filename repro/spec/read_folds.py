"""Folds, and parts by the values of a column."""

from repro.spec.dataset_facts import DatasetFacts
from repro.spec.experiment import Folds, Values
from repro.spec.folds import column_values, known_columns
from repro.spec.problem import unknown
from repro.spec.reading import Reading, kind, listed
from repro.spec.tree import ListNode, MapNode, Node, TextNode

EXAMPLE = "folds: 5, folds: official, folds: leave-one-out or folds: {speaker: [[a, b], [c]]}"


def read_folds(node: Node, facts: DatasetFacts | None, reading: Reading) -> Folds | None:
    """`folds`: official, a number, leave-one-out, or lists of a column's values; None after noting a problem."""
    key = "splits.folds"
    if isinstance(node, MapNode):
        return _lists(node, facts, reading)
    if not isinstance(node, TextNode):
        reading.say(node, key, f"expected a number or a word, got {kind(node)}; write {EXAMPLE}")
        return None
    if node == "official":
        return Folds(place=node.place, by="official")
    if node in ("leave-one-out", "leave-one-group-out"):
        return Folds(place=node.place, by="each")
    if not node[:1].isdecimal():
        reading.say(node, key, f"expected a number, official or leave-one-out, got {str(node)!r}; write {EXAMPLE}")
        return None
    count = reading.whole(node, key, least=2)
    return None if count is None else Folds(place=node.place, by="count", count=count)


def _lists(node: MapNode, facts: DatasetFacts | None, reading: Reading) -> Folds | None:
    key = "splits.folds"
    if len(node) != 1:
        reading.say(node, key, f"expected one column with a list for each fold; write {EXAMPLE}")
        return None
    name, folds_node = next(iter(node.items()))
    column = read_column(name, key, facts, reading)
    if column is None:
        return None
    if not isinstance(folds_node, ListNode) or not all(isinstance(item, ListNode) for item in folds_node):
        reading.say(folds_node, key, f"expected a list of values for each fold, such as {column}: [[a, b], [c, d]]")
        return None
    known = column_values(facts, column)
    lists: list[tuple[str, ...]] = []
    fold_of: dict[str, int] = {}
    for number, fold_node in enumerate(folds_node, 1):
        values = reading.texts(fold_node, key)
        for value in values:
            if known is not None and value not in known:
                reading.say(fold_node, key, unknown(column, value, known))
            if value in fold_of:
                reading.say(
                    fold_node,
                    key,
                    f"{value} is in fold {fold_of[value]} already"
                    if fold_of[value] != number
                    else f"{value} stands twice in fold {number}",
                )
            fold_of[value] = number
        if not values:
            reading.say(fold_node, key, f"fold {number} is empty")
        lists.append(values)
    if left := [value for value in known or () if value not in fold_of]:
        shown = ", ".join(left[:8]) + (", ..." if len(left) > 8 else "")
        reading.say(folds_node, key, f"in no fold, and so never tested: {column} {shown}")
    return Folds(place=node.place, by="lists", column=column, lists=tuple(lists))


def read_values(node: MapNode, key: str, facts: DatasetFacts | None, reading: Reading) -> Values | None:
    """A part by the values of a column, ``{fold: [9, 10]}``; None after noting a problem."""
    if len(node) != 1:
        reading.say(node, key, "expected one column and its values, such as {fold: [10]}")
        return None
    name, values_node = next(iter(node.items()))
    column = read_column(name, key, facts, reading)
    values = reading.texts(values_node, key)
    if column is None or not values:
        return None
    known = column_values(facts, column)
    for value in values if known is not None else ():
        assert known is not None
        if value not in known:
            reading.say(listed(values_node)[0], key, unknown(column, value, known))
    return Values(place=node.place, column=column, values=values)


def read_column(node: Node, key: str, facts: DatasetFacts | None, reading: Reading) -> str | None:
    """The name of a column of the data set; of own code anything, as nobody knows its columns yet."""
    known = known_columns(facts)
    if known is None:
        return reading.text(node, key)
    if not known:
        assert facts is not None
        reading.say(node, key, f"{facts.name} has no columns that tie items together")
        return None
    return reading.one_of(node, key, "column", known, few=True)
