"""`splits`: how the items are divided, held against what the data set has."""

from typing import Any, Literal

from repro.spec import scalars
from repro.spec.dataset_facts import DatasetFacts
from repro.spec.experiment import Splits
from repro.spec.place import Place
from repro.spec.reading import Reading, is_none, kind
from repro.spec.tree import Block, Node, Text
from repro.spec.words import SPLITS_KEYS, SPLITS_KEYS_LATER

PARTS = ("train", "validation", "test")
Amount = int | float | Literal["rest"] | None


def read_splits(
    node: Node | None, facts: DatasetFacts | None, labels: dict[str, str], at: Place, reading: Reading
) -> Splits | None:
    """The splits of an experiment.

    Args:
        node: what stands under ``splits``.
        facts: what is known about the data set, None for own code.
        labels: the labels, which ``stratify`` may name, and their columns.
        at: where to report that the word is missing.
        reading: where problems go.

    """
    if is_none(node):
        reading.say(
            node or at,
            "splits",
            "is missing; write splits: official, or splits: {train: 0.7, validation: 0.1, test: 0.2}",
        )
        return None
    assert node is not None
    if isinstance(node, Text):
        if node != "official":
            reading.say(node, "splits", f"expected official or {{train: ..., test: ...}}, got {kind(node)}")
            return None
        node = Block({Text("from", node.place): node}, node.place)
    before = len(reading.problems)
    given = reading.block(node, "splits", SPLITS_KEYS, later=SPLITS_KEYS_LATER, example="{train: 0.7, test: 0.3}")
    if given is None:
        return None
    if len(given) < len(node) and isinstance(node, Block) and any(word in SPLITS_KEYS_LATER for word in node):
        return None  # the other words may mean something else in that form
    source = reading.word(given["from"], "splits.from", ("official", "all")) if "from" in given else None
    words: dict[str, Any] = {"source": source}
    for part in PARTS:
        if part in given:
            words[part] = _amount(given[part], f"splits.{part}", part, reading)
    if "stratify" in given and not is_none(given["stratify"]):
        name = reading.one_of(given["stratify"], "splits.stratify", "label", labels)
        words["stratify"] = None if name is None else labels[name]
    if "why" in given:
        words["why"] = reading.text(given["why"], "splits.why") or ""
    if "waiver" in given:
        words["waiver"] = reading.text(given["waiver"], "splits.waiver")
    if "group" in given:
        _group(given["group"], given, reading)
    if "seed" in given:
        seed = given["seed"]
        words["seed"] = (
            "run" if isinstance(seed, Text) and seed == "run" else reading.whole(seed, "splits.seed", least=0)
        )
    if len(reading.problems) > before:
        return None
    splits = Splits(place=node.place, **words)
    _adds_up(splits, given, node.place, facts, reading)
    return splits if len(reading.problems) == before else None


def _amount(node: Node, key: str, part: str, reading: Reading) -> Amount:
    if isinstance(node, Block):
        reading.not_yet(node, key, "splits by the values of a column")
        return None
    if is_none(node):
        return None
    if isinstance(node, Text) and node == "rest":
        if part == "validation":
            reading.say(node, key, "validation cannot be the rest; write a count or a share")
        return "rest"
    if not isinstance(node, Text):
        reading.say(node, key, f"expected a count, a share below 1 or `rest`, got {kind(node)}")
        return None
    try:
        share = scalars.number(node, above=0)
    except ValueError as error:
        reading.say(node, key, f"expected a count, a share below 1 or `rest`: {error}")
        return None
    if share < 1:
        return share
    return reading.whole(node, key, least=1)


def _group(node: Node, given: dict[str, Node], reading: Reading) -> None:
    if is_none(node):
        if "why" not in given:
            reading.say(node, "splits.group", '`group: none` needs a reason under its own key, why: "..."')
        return
    reading.not_yet(node, "splits.group", "keeping groups together in splits")


def _adds_up(splits: Splits, given: dict[str, Node], at: Place, facts: DatasetFacts | None, reading: Reading) -> None:
    """Hold the amounts against each other and against the data set's parts."""
    amounts = {part: getattr(splits, part) for part in PARTS if getattr(splits, part) is not None}
    rests = [part for part, amount in amounts.items() if amount == "rest"]
    if len(rests) > 1:
        reading.say(given[rests[1]], f"splits.{rests[1]}", "only one part can be the rest")
        return
    if facts is not None and facts.parts and splits.source is None:
        text = f"{facts.name} has official parts; write from: official, or from: all to mix them"
        reading.say(at, "splits.from", text)
    elif splits.source == "official" and facts is not None and not facts.parts:
        reading.say(
            given["from"],
            "splits.from",
            f"{facts.name} has no official parts; leave `from` out and give train and test",
        )
    elif splits.source == "official":
        _official(splits, given, facts, reading)
    else:
        _drawn(splits, given, amounts, rests, at, facts, reading)


def _official(splits: Splits, given: dict[str, Node], facts: DatasetFacts | None, reading: Reading) -> None:
    if facts is None:
        return
    for part in PARTS:
        has, wants = facts.parts.get(part), getattr(splits, part)
        if isinstance(wants, int) and has is not None and wants > has:
            reading.say(
                given[part], f"splits.{part}", f"{facts.name} has {has} items in its official {part} part, not {wants}"
            )
        if part == "test" and wants is not None and has is None:
            reading.say(given[part], "splits.test", f"{facts.name} has no official test part")
    train = facts.parts.get("train")
    if train is None or "validation" in facts.parts or splits.validation is None:
        return
    held_out = count_of(splits.validation, train)
    wanted = train if splits.train is None or splits.train == "rest" else count_of(splits.train, train)
    if held_out >= train:
        reading.say(
            given["validation"],
            "splits.validation",
            f"nothing of the official train part's {train} items would be left",
        )
    elif wanted < train and wanted + held_out > train:
        text = f"comes out of the official train part: {wanted} + {held_out} is more than its {train} items"
        reading.say(given["validation"], "splits.validation", text)


def _drawn(
    splits: Splits,
    given: dict[str, Node],
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
        reading.say(given[rests[0]], f"splits.{rests[0]}", text)


def count_of(amount: int | float, items: int) -> int:
    """Items that a count or a share asks for, of so many."""
    return amount if isinstance(amount, int) else int(amount * items + 0.5)


def has_validation(splits: Splits, facts: DatasetFacts | None) -> bool:
    """True when the split has a validation part."""
    if splits.validation is not None:
        return True
    return splits.source == "official" and facts is not None and "validation" in facts.parts
