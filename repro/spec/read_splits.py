"""`splits`: how the items are divided, held against what the data set has."""

from typing import Any, Literal

from repro.spec import scalars
from repro.spec.check_splits import PARTS, check_amounts, check_folds
from repro.spec.dataset_facts import DatasetFacts
from repro.spec.experiment import Splits, Values
from repro.spec.folds import column_values
from repro.spec.keywords import SPLITS_KEYS
from repro.spec.own_groups import OwnGroups
from repro.spec.place import Place
from repro.spec.read_folds import read_column, read_folds, read_values
from repro.spec.reading import Reading, is_none, kind, listed
from repro.spec.tree import MapNode, Node, TextNode

NOTHING_SAID = OwnGroups()

Amount = int | float | Literal["rest", "next", "previous"] | None


def read_splits(
    node: Node | None,
    facts: DatasetFacts | None,
    labels: dict[str, str],
    at: Place,
    reading: Reading,
    own: OwnGroups = NOTHING_SAID,
) -> Splits | None:
    """The splits of an experiment.

    Args:
        node: what stands under ``splits``.
        facts: what is known about the data set, None for own code.
        labels: the labels, which ``stratify`` may name, and their columns.
        at: where to report that the word is missing.
        reading: where problems go.
        own: what own code says of its groups and folds.

    """
    if is_none(node):
        reading.say(
            node or at,
            "splits",
            "is missing; write splits: official, or splits: {train: 0.7, validation: 0.1, test: 0.2}",
        )
        return None
    assert node is not None
    if isinstance(node, TextNode):
        if node != "official":
            reading.say(node, "splits", f"expected official or {{train: ..., test: ...}}, got {kind(node)}")
            return None
        node = MapNode({TextNode("from", node.place): node}, node.place)
    before = len(reading.problems)
    fields = reading.block(node, "splits", SPLITS_KEYS, example="{train: 0.7, test: 0.3}")
    if fields is None:
        return None
    words = _words(fields, facts, labels, reading)
    if len(reading.problems) > before:
        return None
    splits = Splits(place=node.place, own_groups=own.groups, **words)
    if splits.folds is not None:
        count = own.folds if splits.folds.by == "official" else own.counts.get(splits.group or "")
        splits = splits.model_copy(update={"own_folds": count})
        check_folds(splits, fields, node.place, facts, reading)
    elif splits.column is not None:
        _by_column(splits, fields, facts, reading)
    else:
        check_amounts(splits, fields, node.place, facts, reading)
    if len(reading.problems) == before:
        _need_group(splits, fields, node.place, facts, labels, reading)
    return splits if len(reading.problems) == before else None


def _words(
    fields: dict[str, Node], facts: DatasetFacts | None, labels: dict[str, str], reading: Reading
) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if "from" in fields:
        words["source"] = reading.word(fields["from"], "splits.from", ("official", "all"))
    if "folds" in fields and not is_none(fields["folds"]):
        words["folds"] = read_folds(fields["folds"], facts, reading)
    if "column" in fields and not is_none(fields["column"]):
        words["column"] = read_column(fields["column"], "splits.column", facts, reading)
    for part in PARTS:
        if part in fields:
            words[part] = _amount(fields[part], f"splits.{part}", part, "folds" in words, facts, reading)
    if "only" in fields and not is_none(fields["only"]):
        numbers = [reading.whole(item, "splits.only", least=1) for item in listed(fields["only"])]
        words["only"] = tuple(number for number in numbers if number is not None)
    if "stratify" in fields and not is_none(fields["stratify"]):
        name = reading.one_of(fields["stratify"], "splits.stratify", "label", labels)
        words["stratify"] = None if name is None else labels[name]
    if "why" in fields:
        words["why"] = reading.text(fields["why"], "splits.why") or ""
    if "waiver" in fields:
        words["waiver"] = reading.text(fields["waiver"], "splits.waiver")
    if "group" in fields:
        if not is_none(fields["group"]):
            words["group"] = read_column(fields["group"], "splits.group", facts, reading)
        elif "why" in fields:
            words["group_none"] = True
        else:
            reading.say(fields["group"], "splits.group", '`group: none` needs a reason under its own key, why: "..."')
    if "seed" in fields:
        seed = fields["seed"]
        words["seed"] = (
            "run" if isinstance(seed, TextNode) and seed == "run" else reading.whole(seed, "splits.seed", least=0)
        )
    return words


def _amount(
    node: Node, key: str, part: str, folds: bool, facts: DatasetFacts | None, reading: Reading
) -> Amount | Values:
    if is_none(node):
        return None
    if isinstance(node, MapNode):
        if folds:
            reading.say(node, key, "with folds a part is not chosen by a column; write next, previous or an amount")
            return None
        return read_values(node, key, facts, reading)
    if folds and part != "validation":
        reading.say(node, key, f"with folds there is no {part} to choose: each fold is the test part of a run")
        return None
    if isinstance(node, TextNode) and node in ("next", "previous"):
        if not folds or part != "validation":
            reading.say(node, key, f"`{node}` is a fold; it stands under validation, beside folds")
            return None
        return "next" if node == "next" else "previous"
    if isinstance(node, TextNode) and node == "rest":
        if part == "validation":
            reading.say(node, key, "validation cannot be the rest; write a count or a share")
        return "rest"
    expected = "a count, a share below 1, next or previous" if folds else "a count, a share below 1 or `rest`"
    if not isinstance(node, TextNode):
        reading.say(node, key, f"expected {expected}, got {kind(node)}")
        return None
    try:
        share = scalars.number(node, above=0)
    except ValueError as error:
        reading.say(node, key, f"expected {expected}: {error}")
        return None
    if share < 1:
        return share
    return reading.whole(node, key, least=1)


def _by_column(splits: Splits, fields: dict[str, Node], facts: DatasetFacts | None, reading: Reading) -> None:
    for word in ("from", *PARTS):
        if word in fields and not is_none(fields[word]):
            reading.say(
                fields[word], f"splits.{word}", "stands beside column, whose cells name the parts; take one out"
            )
    assert splits.column is not None
    values = column_values(facts, splits.column)
    if values is not None:
        for part in ("train", "test"):
            if part not in values:
                shown = ", ".join(values[:5])
                text = f"no cell of {splits.column!r} is {part}; a cell is train, validation or test, these are {shown}"
                reading.say(fields["column"], "splits.column", text)
                return


def _need_group(
    splits: Splits,
    fields: dict[str, Node],
    at: Place,
    facts: DatasetFacts | None,
    labels: dict[str, str],
    reading: Reading,
) -> None:
    """A data set whose items are known to be tied together needs a word on it, where its own folds do not say it."""
    groups = facts.groups if facts is not None else splits.own_groups
    if facts is not None and facts.own_columns:
        groups = tuple(name for name in groups if name not in labels.values())  # what is asked for cannot be parted
    folds = splits.folds
    drawn = isinstance(splits.validation, int | float)
    folds_suffice = folds is not None and (
        (folds.by == "official" and not drawn) or (folds.by == "lists" and (folds.column in groups or not drawn))
    )
    if not groups or folds_suffice or splits.group or splits.group_none or "group" in fields:
        return
    name = groups[0]
    tied = f"items of {facts.name if facts is not None else 'this class'} are tied together by {' and '.join(groups)}"
    text = f'is missing: {tied}; write group: {name}, or group: none and why: "..."'
    reading.say(at, "splits.group", text)


def has_validation(splits: Splits, facts: DatasetFacts | None) -> bool:
    """True when the split has a validation part."""
    if splits.validation is not None:
        return True
    if splits.column is not None:
        values = column_values(facts, splits.column)
        return values is None or "validation" in values
    return splits.source == "official" and facts is not None and "validation" in facts.parts
