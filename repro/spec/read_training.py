"""`training`: how long, in what steps, and which weights are kept."""

from typing import Any

from repro.spec.experiment import Training
from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node
from repro.spec.words import SELECTIONS, TRAINING_KEYS, TRAINING_KEYS_LATER

PRECISIONS = ("32-true", "32", "16-mixed", "bf16-mixed", "16-true", "bf16-true", "64-true", "64", "16", "bf16")
"""Lightning's words."""


def read_training(node: Node | None, reading: Reading) -> tuple[Training | None, dict[str, Node]]:
    """The training, None when something in it is wrong, and its words as written, for their places."""
    if is_none(node):
        return Training(), {}
    assert node is not None
    before = len(reading.problems)
    example = "{batch_size: 100, steps: 6000}"
    given = reading.block(node, "training", TRAINING_KEYS, later=TRAINING_KEYS_LATER, example=example)
    if given is None:
        return None, {}
    given = {name: value for name, value in given.items() if not is_none(value)}
    words: dict[str, Any] = {"place": node.place}
    for name in ("batch_size", "steps", "epochs", "stop_patience", "accumulate_grad_batches", "threads"):
        if name in given:
            words[name] = reading.whole(given[name], f"training.{name}", least=1)
    for name, choices in (
        ("order", ("shuffled", "fixed")),
        ("select", SELECTIONS),
        ("gradient_clip_algorithm", ("norm", "value")),
        ("precision", PRECISIONS),
    ):
        if name in given:
            words[name] = reading.word(given[name], f"training.{name}", choices)
    if "evaluate_every" in given:
        words["evaluate_every"] = reading.duration(given["evaluate_every"], "training.evaluate_every")
    if "checkpoint_every" in given:
        words["checkpoint_every"] = reading.cadence(given["checkpoint_every"], "training.checkpoint_every")
    if "gradient_clip_val" in given:
        words["gradient_clip_val"] = reading.number(given["gradient_clip_val"], "training.gradient_clip_val", above=0)
    if "watch" in given:
        words["watch"] = reading.text(given["watch"], "training.watch")
    if "steps" in given and "epochs" in given:
        reading.say(given["epochs"], "training.epochs", "stands beside steps; give one of the two")
    if "gradient_clip_algorithm" in given and "gradient_clip_val" not in given:
        reading.say(given["gradient_clip_algorithm"], "training.gradient_clip_algorithm", "needs gradient_clip_val")
    if len(reading.problems) > before:
        return None, given
    return Training(**words), given
