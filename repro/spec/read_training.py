"""`training`: how long, in what steps, and which weights are kept."""

from typing import Any

from repro.spec.experiment import MOST_LOOKS, Training
from repro.spec.keywords import SELECTIONS, TRAINING_KEYS, TRAINING_KEYS_LATER
from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node

_SHORT = {"32": "32-true", "64": "64-true", "16": "16-mixed", "bf16": "bf16-mixed"}
PRECISIONS = ("32-true", "16-mixed", "bf16-mixed", "16-true", "bf16-true", "64-true", *_SHORT)
"""Lightning's words; it takes the short ones for long ones, so that these are what is trained in and recorded."""


def read_training(node: Node | None, reading: Reading) -> tuple[Training | None, dict[str, Node]]:
    """The training, None when something in it is wrong, and its words as written, for their places."""
    if is_none(node):
        return Training(), {}
    assert node is not None
    before = len(reading.problems)
    example = "{batch_size: 100, steps: 6000}"
    fields = reading.block(node, "training", TRAINING_KEYS, later=TRAINING_KEYS_LATER, example=example)
    if fields is None:
        return None, {}
    fields = {name: value for name, value in fields.items() if not is_none(value)}
    words: dict[str, Any] = {"place": node.place, "places": {name: value.place for name, value in fields.items()}}
    for name in ("batch_size", "steps", "epochs", "stop_patience", "accumulate_grad_batches", "threads"):
        if name in fields:
            words[name] = reading.whole(fields[name], f"training.{name}", least=1)
    for name, choices in (
        ("order", ("shuffled", "fixed")),
        ("select", SELECTIONS),
        ("gradient_clip_algorithm", ("norm", "value")),
        ("precision", PRECISIONS),
    ):
        if name in fields:
            words[name] = reading.word(fields[name], f"training.{name}", choices)
    if words.get("precision"):
        full = _SHORT.get(words["precision"], words["precision"])
        words["precision"] = None if full == "32-true" else full  # what is trained in where nothing is said
    if "drop_last" in fields:
        words["drop_last"] = reading.truth(fields["drop_last"], "training.drop_last")
    if "evaluate_every" in fields:
        words["evaluate_every"] = reading.duration(fields["evaluate_every"], "training.evaluate_every")
        _check_looks(words, fields["evaluate_every"], reading)
    if "checkpoint_every" in fields:
        words["checkpoint_every"] = reading.cadence(fields["checkpoint_every"], "training.checkpoint_every")
    if "stall_limit" in fields:
        words["stall_limit"] = reading.time_limit(fields["stall_limit"], "training.stall_limit")
    if "gradient_clip_val" in fields:
        words["gradient_clip_val"] = reading.number(fields["gradient_clip_val"], "training.gradient_clip_val", above=0)
    if "watch" in fields:
        words["watch"] = reading.text(fields["watch"], "training.watch")
    if "steps" in fields and "epochs" in fields:
        reading.say(fields["epochs"], "training.epochs", "stands beside steps; give one of the two")
    if "gradient_clip_algorithm" in fields and "gradient_clip_val" not in fields:
        reading.say(fields["gradient_clip_algorithm"], "training.gradient_clip_algorithm", "needs gradient_clip_val")
    if len(reading.problems) > before:
        return None, fields
    return Training(**words), fields


def _check_looks(words: dict[str, Any], node: Node, reading: Reading) -> None:
    """Looks that are more than a record holds, where both are in steps; of epochs only the data tell."""
    every, steps = words["evaluate_every"], words.get("steps")
    if every is None or steps is None or every.unit != "steps":
        return
    if text := too_many_looks(steps, every.number):
        reading.say(node, "training.evaluate_every", text)


def too_many_looks(steps: int, every: int) -> str:
    """What is wrong with ``steps`` of training that look at the views ``every`` so many; empty where nothing is.

    >>> too_many_looks(60_000, 100), too_many_looks(150_000, 1)
    ('', '150,000 looks in 150,000 steps; a record holds at most 10,000: look every 15 steps or more seldom')
    """
    looks = -(-steps // every)
    if looks <= MOST_LOOKS:
        return ""
    seldom = -(-steps // MOST_LOOKS)
    return (
        f"{looks:,} looks in {steps:,} steps; a record holds at most {MOST_LOOKS:,}: look every {seldom:,} steps or "
        "more seldom"
    )
