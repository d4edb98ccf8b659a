"""Whether a record that was read can be a run's: its numbers, and what of it has no type of its own.

A record may be a stranger's. Its form is checked by its types, its hash by itself; neither says that a number can be
worked with. What is named here counts for nothing, as a damaged file does.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from repro.runs.record import Piece, Record

LARGEST = 1e60
"""Numbers of a record are no larger: the fourth powers of variances of those that are would be no numbers any more."""

MOST_WHOLE = 2**63 - 1
MOST_FOLD = 10_000
MOST_SECONDS = 1e10
MOST_DEPTH = 24
MOST_VALUES = 2_000_000
"""Values of one record, in all lists and blocks."""

MOST_LETTERS = 1_000_000
"""Letters of one text of a record."""

_FREE = ("gate", "resolved", "promise")
"""Fields of any content; whole numbers in them may be negative."""

_MAY_BE_NO_NUMBER = frozenset({"values"})
"""Where ``nan`` and ``inf`` may stand: what a metric or loss came out as."""


def unsound(record: Record) -> str:
    """Why this is no record of a run, with the place in it; empty where it is one.

    >>> from repro.runs.record import Point
    >>> next(_wrong(Point(step=1, epoch=1.0, values={"test/loss": 1e308}), "history.0"))
    'history.0.values.test/loss: 1e+308 is larger than any number that a run finds'
    """
    return next(_all_wrong(record), "")


def bounded(values: Mapping[str, float]) -> dict[str, float]:
    """A run's numbers as a record keeps them: one beyond :data:`LARGEST` is infinite.

    >>> bounded({"loss": 1e90, "accuracy": 5.0})
    {'loss': inf, 'accuracy': 5.0}
    """
    return {n: math.copysign(math.inf, v) if abs(v) > LARGEST else v for n, v in values.items()}


def _all_wrong(record: Record) -> Iterator[str]:
    yield from _wrong(record, "")
    if record.fold is not None and not 1 <= record.fold <= MOST_FOLD:
        yield f"fold: {record.fold} is no fold"
    for name, seconds in record.timings.__dict__.items():
        if seconds < 0 or seconds > MOST_SECONDS:
            yield f"timings.{name}: {seconds:g} is no time"
    if record.state == "done" and not record.metrics:
        yield "metrics: a run that is done has some"
    yield from _wrong_gate(record.gate)


def _wrong(value: object, where: str) -> Iterator[str]:
    """What is wrong with a value and all in it; works through it without recursion."""
    waiting: list[tuple[str, object, int]] = [(where, value, 0)]
    count = 0
    while waiting:
        place, node, depth = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            yield f"{place}: the record holds more than {MOST_VALUES:,} values"
            return
        if depth > MOST_DEPTH:
            yield f"{place[:200]}: nested deeper than {MOST_DEPTH} levels"
            return
        if isinstance(node, Piece):
            fields = {n: v for n, v in node.__dict__.items() if n in type(node).model_fields}
            inside: Iterable[tuple[object, object]] = fields.items()
        elif isinstance(node, Mapping):
            inside = node.items()
        elif isinstance(node, list | tuple):
            inside = enumerate(node)
        else:
            if problem := _wrong_value(node, place):
                yield f"{place[:200]}: {problem}"
            continue
        for name, inner in inside:
            if type(inner) is float and -LARGEST <= inner <= LARGEST:
                count += 1  # as nearly all of a record are: no place need be made up for it
            else:
                waiting.append((f"{place}.{name}" if place else str(name), inner, depth + 1))


def _wrong_value(value: object, place: str) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        least = -MOST_WHOLE if place.startswith(_FREE) else 0
        if not least <= value <= MOST_WHOLE:
            return "is no number that a run counts"
    elif isinstance(value, float):
        if not math.isfinite(value):
            holder = place.split(".")
            free = place.startswith(_FREE) or not _MAY_BE_NO_NUMBER.isdisjoint(holder)
            return "" if free else f"{value} is no number"
        if abs(value) > LARGEST and not place.startswith(_FREE):
            return f"{value:g} is larger than any number that a run finds"
    elif isinstance(value, str):
        if len(value) > MOST_LETTERS:
            return f"a text of more than {MOST_LETTERS:,} letters"
    else:
        return f"{type(value).__name__} is nothing that a record holds"
    return ""


def _wrong_gate(gate: Mapping[str, Any]) -> Iterator[str]:
    checks = gate.get("checks", {})
    if not isinstance(checks, dict):
        yield "gate.checks: is no block of checks"
        return
    if not isinstance(gate.get("waiver"), str | None):
        yield "gate.waiver: is no text"
    for name, finding in checks.items():
        place = f"gate.checks.{name[:60]}"
        if not isinstance(finding, dict):
            yield f"{place}: is no finding"
            continue
        for word in ("state", "text"):
            if not isinstance(finding.get(word, ""), str):
                yield f"{place}.{word}: is no text"
        kinds = finding.get("kinds", [])
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            yield f"{place}.kinds: is no list of words"
        if name == "labels" and not _are_counts(finding.get("counts", {})):
            yield f"{place}.counts: are no numbers of items by label, part and class"


def _are_counts(counts: object) -> bool:
    """``{label: {part: {class: items}}}``."""
    return isinstance(counts, dict) and all(
        isinstance(parts, dict)
        and all(
            isinstance(classes, dict) and all(type(items) is int and items >= 0 for items in classes.values())
            for classes in parts.values()
        )
        for parts in counts.values()
    )
