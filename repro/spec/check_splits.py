"""Splits held against themselves and against what the data set has."""

from typing import Any

from repro.spec.dataset_facts import DatasetFacts
from repro.spec.experiment import Splits, Values
from repro.spec.folds import column_values, fold_names
from repro.spec.place import Place
from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node

PARTS = ("train", "validation", "test")


def check_folds(
    splits: Splits, fields: dict[str, Node], at: Place, facts: DatasetFacts | None, reading: Reading
) -> None:
    """Hold folds against the data set: are there so many, and is something left to train on?"""
    folds = splits.folds
    assert folds is not None
    for word in ("from", "column"):
        if word in fields and not is_none(fields[word]):
            reading.say(fields[word], f"splits.{word}", "stands beside folds; take one of the two out")
            return
    if folds.by == "official" and facts is not None and not facts.folds:
        reading.say(fields["folds"], "splits.folds", f"{facts.name} has no official folds; write folds: 5")
        return
    if folds.by == "each" and splits.group is None:
        reading.say(fields["folds"], "splits.folds", "leave-one-out leaves one group out; say which: group: speaker")
        return
    names = fold_names(splits, facts)
    if names is None:
        if splits.only is None:
            reading.say(fields["folds"], "splits.folds", _unknown_count(splits))
        return
    for number in splits.only or ():
        if number > len(names):
            reading.say(fields["only"], "splits.only", f"there are {len(names)} folds, no fold {number}")
    if len(names) < 2:
        reading.say(fields["folds"], "splits.folds", f"folds need at least two; there is {len(names)}")
    elif len(names) == 2 and splits.validation in ("next", "previous"):
        text = "with two folds nothing is left to train on; write a share, or validation: none"
        reading.say(fields["validation"], "splits.validation", text)
    groups = column_values(facts, splits.group or "")
    if folds.by == "count" and groups is not None and len(names) > len(groups):
        text = f"{len(names)} folds, but there are {len(groups)} groups by {splits.group}"
        reading.say(fields["folds"], "splits.folds", text)
    elif folds.by == "count" and facts is not None and facts.items and len(names) > facts.items:
        reading.say(fields["folds"], "splits.folds", f"{len(names)} folds of {facts.items} items")


def _unknown_count(splits: Splits) -> str:
    """What to write where the runs are planned before anyone knows how many folds there are."""
    assert splits.folds is not None
    official = splits.folds.by == "official"
    column = "fold" if official else splits.group
    line = "folds = 5" if official else f'groups = {{"{column}": 6}}'
    return (
        f"the values of {column!r} are only known when the data are read, and the runs before; let own code say in the "
        f"body of its class how many there are, {line}, or write the folds out, folds: {{{column}: [[...], [...]]}}"
    )


def _chosen(splits: Splits, fields: dict[str, Node], chosen: list[str], at: Place, reading: Reading) -> None:
    """Parts by the values of a column: nothing twice, and both train and test are there."""
    if splits.source is not None:
        reading.say(fields["from"], "splits.from", "stands beside parts by a column; take one of the two out")
    for part in ("train", "test"):
        if getattr(splits, part) is None:
            reading.say(at, f"splits.{part}", "is missing; give values of a column, an amount or `rest`")
    part_of: dict[tuple[str, str], str] = {}
    for part in chosen:
        values = getattr(splits, part)
        for value in values.values:
            other = part_of.setdefault((values.column, value), part)
            if other != part:
                reading.say(fields[part], f"splits.{part}", f"{values.column} {value} is in {other} already")
    if [getattr(splits, part) for part in PARTS].count("rest") > 1:
        reading.say(fields["train"], "splits.train", "only one part can be the rest")


def check_amounts(
    splits: Splits, fields: dict[str, Node], at: Place, facts: DatasetFacts | None, reading: Reading
) -> None:
    """Hold the amounts against each other and against the data set's parts."""
    chosen = [part for part in PARTS if isinstance(getattr(splits, part), Values)]
    if chosen:
        _chosen(splits, fields, chosen, at, reading)
        return
    if splits.only is not None:
        reading.say(fields["only"], "splits.only", "chooses folds, and there are none; write folds: 5")
        return
    amounts = {part: getattr(splits, part) for part in PARTS if getattr(splits, part) is not None}
    rests = [part for part, amount in amounts.items() if amount == "rest"]
    if len(rests) > 1:
        reading.say(fields[rests[1]], f"splits.{rests[1]}", "only one part can be the rest")
        return
    if facts is not None and facts.parts and splits.source is None:
        text = f"{facts.name} has official parts; write from: official, or from: all to mix them"
        reading.say(at, "splits.from", text)
    elif splits.source == "official" and facts is not None and not facts.parts:
        reading.say(
            fields["from"],
            "splits.from",
            f"{facts.name} has no official parts; leave `from` out and give train and test",
        )
    elif splits.source == "official":
        _official(splits, fields, facts, reading)
    else:
        _drawn(splits, fields, amounts, rests, at, facts, reading)


def _official(splits: Splits, fields: dict[str, Node], facts: DatasetFacts | None, reading: Reading) -> None:
    if facts is None:
        return
    for part in PARTS:
        has, wants = facts.parts.get(part), getattr(splits, part)
        if isinstance(wants, int) and has is not None and wants > has:
            reading.say(
                fields[part], f"splits.{part}", f"{facts.name} has {has} items in its official {part} part, not {wants}"
            )
        if part == "test" and wants is not None and has is None:
            reading.say(fields[part], "splits.test", f"{facts.name} has no official test part")
    train = facts.parts.get("train")
    if train is None or "validation" in facts.parts or splits.validation is None:
        return
    assert isinstance(splits.validation, int | float)  # a fold or a column is another form of splits
    held_out = count_of(splits.validation, train)
    requested = count_of(splits.train, train) if isinstance(splits.train, int | float) else train
    if held_out >= train:
        reading.say(
            fields["validation"],
            "splits.validation",
            f"nothing of the official train part's {train} items would be left",
        )
    elif requested < train and requested + held_out > train:
        text = f"comes out of the official train part: {requested} + {held_out} is more than its {train} items"
        reading.say(fields["validation"], "splits.validation", text)


def _drawn(
    splits: Splits,
    fields: dict[str, Node],
    amounts: dict[str, Any],
    rests: list[str],
    at: Place,
    facts: DatasetFacts | None,
    reading: Reading,
) -> None:
    for part in ("train", "test"):
        if part not in amounts:
            reading.say(at, f"splits.{part}", "is missing; give a count, a share below 1 or `rest`")
    shares = sum(a for a in amounts.values() if isinstance(a, float))
    if shares > 1 + 1e-9:
        reading.say(at, "splits", f"the shares add up to {shares:g}, more than 1")
        return
    if facts is None or (
        len(amounts) > 1 and abs(shares - 1) < 1e-9 and all(isinstance(a, float) for a in amounts.values())
    ):
        return
    used = sum(count_of(a, facts.items) for a in amounts.values() if a != "rest")
    if used > facts.items:
        reading.say(at, "splits", f"{used} items in all parts, but {facts.name} has {facts.items}")
    elif rests and used == facts.items:
        text = f"nothing is left for the rest: the other parts take all {facts.items} items of {facts.name}"
        reading.say(fields[rests[0]], f"splits.{rests[0]}", text)


def count_of(amount: int | float, items: int) -> int:
    """Items that a count or a share asks for, of so many."""
    return amount if isinstance(amount, int) else int(amount * items + 0.5)
