"""`tracking`: where runs are shown while they train, in a spec or in a user's own settings."""

import re
from pathlib import Path

from repro.spec.keywords import TRACKER_KEYS
from repro.spec.problem import SpecError
from repro.spec.reading import Reading, is_none
from repro.spec.spec import Tracker
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.yaml import read_tree

MODES = ("online", "offline")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}", re.ASCII)
_EXAMPLE = "wandb, [wandb, tensorboard] or {wandb: {project: my-paper, entity: my-team}}"


def read_tracking(node: Node | None, reading: Reading) -> tuple[Tracker, ...]:
    """A tracker's name, a list of names, or ``{NAME: {its settings}}``; nothing tracks where nothing is said."""
    if node is None or is_none(node):
        return ()
    named: list[tuple[TextNode, Node | None]]
    if isinstance(node, MapNode):
        named = list(node.items())
    else:
        several = list(node) if isinstance(node, ListNode) else [node]
        named = [(item, None) for item in several if isinstance(item, TextNode)]
        for item in several:
            if not isinstance(item, TextNode):
                reading.say(item, "tracking", f"expected a tracker's name here; write {_EXAMPLE}")
    trackers: dict[str, Tracker] = {}
    for name, settings in named:
        if name not in TRACKER_KEYS:
            reading.unknown(name, "tracking.", "tracker", TRACKER_KEYS)
        elif name in trackers:
            reading.say(name, f"tracking.{name}", "stands here twice")
        else:
            trackers[str(name)] = _tracker(name, settings, reading)
    return tuple(trackers.values())


def parse_tracking(text: str, shown: str) -> tuple[Tracker, ...]:
    """Read a user's settings, which are what ``tracking`` may hold; ``shown`` is what messages call the file.

    Raises:
        SpecError: every problem, with its line.

    """
    reading = Reading(Path())
    trackers = read_tracking(read_tree(text, shown), reading)
    if reading.problems:
        raise SpecError(reading.problems)
    return trackers


def _tracker(name: TextNode, settings: Node | None, reading: Reading) -> Tracker:
    key = f"tracking.{name}"
    place = name.place
    if settings is None or is_none(settings):
        return Tracker(place=place, name=str(name))
    fields = reading.block(settings, key, TRACKER_KEYS[str(name)], example="{project: my-paper}") or {}
    read: dict[str, str] = {}
    for word, node in fields.items():
        text = reading.text(node, f"{key}.{word}")
        if text is None:
            continue
        if word == "mode" and text not in MODES:
            reading.say(node, f"{key}.mode", f"{text!r} is neither {' nor '.join(MODES)}")
        elif word != "mode" and not _NAME.fullmatch(text):
            allowed = "letters, digits, '-', '_' and '.', at most 128, beginning with a letter or digit"
            reading.say(node, f"{key}.{word}", f"{text!r} is no name for W&B: {allowed}")
        else:
            read[word] = text
    return Tracker(place=place, name=str(name), **read)
