"""Recordings of different parts that hold the same sound, also where files, gains, codecs and silences differ."""

from collections.abc import Mapping
from typing import Any

from repro.data.gate.published import is_built_in, is_published
from repro.data.items import Items
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.near_duplicates.find import NearDuplicates, is_audio
from repro.data.near_duplicates.preprocess import LONGEST_SECONDS
from repro.data.splits import Split

EXAMPLES = 5
"""How many pairs are shown."""


def duplicate_audio(
    items: Items, split: Split, twins: NearDuplicates | None = None, columns: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Twins (:mod:`repro.data.near_duplicates`) that stand in two parts.

    ``failed``: a model that has heard a test item in training is not tested on it. Only where a built-in data set comes
    with official parts or folds and these were taken are they ``found``: every number published for the set had them
    too, so they are shown and counted, and ours can be compared. Where the split was drawn here, another one can be.

    ``count`` is the number of items outside train that have a twin in another part; ``examples`` are pairs
    ``[part, item, part, item, correlation]``, ``pairs`` all twins. Those of one's own data with
    different labels are named.

    Args:
        items: the data set.
        split: what was drawn.
        twins: of the items, where they are at hand.
        columns: class label to its column.

    Raises:
        DataError: a file cannot be decoded.

    """
    if not is_audio(items):
        return {"state": "ok", "text": "no recordings"}
    twins = cached_near_duplicates(items) if twins is None else twins
    part_of = {row: part for part, rows in split.parts.items() for row in rows.tolist()}
    order = list(split.parts)
    outside: dict[str, set[int]] = {}
    inside: dict[str, int] = {}
    examples: list[list[Any]] = []
    for twin in twins.pairs:
        sides = [(part_of[row], row) for row in (twin.one, twin.other) if row in part_of]
        if len(sides) < 2:
            continue
        (first_part, i), (second_part, j) = sorted(sides, key=lambda side: order.index(side[0]))
        if first_part == second_part:
            inside[first_part] = inside.get(first_part, 0) + 1
            continue
        outside.setdefault(second_part, set()).add(j)
        if len(examples) < EXAMPLES:
            examples.append([first_part, i, second_part, j, round(twin.alignment.correlation, 3)])
    more = "".join(f"; {_pairs(n)} inside {part}" for part, n in inside.items()) + _not_looked_at(twins)
    count = sum(map(len, outside.values()))
    labelled = [] if is_built_in(items) else _with_other_labels(items, twins, part_of, columns or {})
    if labelled:
        shown = ", ".join(f"{_name(items, i)} = {_name(items, j)}" for i, j in labelled[:EXAMPLES])
        more = f"; {_pairs(len(labelled))} with different labels: {shown}{more}"
    if not count:
        text = f"no sound of one part is in another{more}"
        return {"state": "ok", "text": text, "count": 0}
    affected = " and ".join(
        f"{len(rows)} of {len(split.parts[part])} items of {part}" for part, rows in outside.items()
    )
    shown = ", ".join(f"{a} {_name(items, i)} = {b} {_name(items, j)} ({c})" for a, i, b, j, c in examples)
    published = is_published(items, split)
    why = "; the data set's own parts have them, so others' numbers have them too" if published else ""
    return {
        "state": "found" if published else "failed",
        "text": f"{affected} hold the sound of an item of another part: {shown}{why}{more}",
        "count": count,
        "examples": examples,
        "pairs": [(twin.one, twin.other) for twin in twins.pairs],
    }


def _with_other_labels(
    items: Items, twins: NearDuplicates, part_of: Mapping[int, str], columns: Mapping[str, str]
) -> list[tuple[int, int]]:
    """Twins in the split that are not equal byte for byte (another check has those) and whose labels differ."""
    cells = [items.columns[column].astype(str) for column in columns.values()]
    return [
        (twin.one, twin.other)
        for twin in twins.pairs
        if twin.one in part_of
        and twin.other in part_of
        and any(some[twin.one] != some[twin.other] for some in cells)
        and items.content(twin.one) != items.content(twin.other)
    ]


def _pairs(count: int) -> str:
    return f"{count} pair{'s' if count > 1 else ''} of twins"


def _not_looked_at(twins: NearDuplicates) -> str:
    """What could not be compared, in words; "" for nothing."""
    silent, short, long = len(twins.silent), len(twins.short), len(twins.long)
    text = f"; {silent} silent throughout" if silent else ""
    text += f"; {short} too short to compare" if short else ""
    return text + (f"; of {long} longer ones only the first {LONGEST_SECONDS:.0f} s were compared" if long else "")


def _name(items: Items, row: int) -> str:
    return f"{row} ({items.clips.names[row]})" if items.clips is not None else str(row)
