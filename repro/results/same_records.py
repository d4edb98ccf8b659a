"""Which people's folders hold the same records. Nobody can tell from records who had them first, so nobody is named
alone: all who hold them are told the same.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from repro.results.wording import listed
from repro.runs.record import Record

MOST = 6
"""Names that a sentence has; it counts the others."""


def trace(record: Record) -> str:
    """The hash of what a record found, with its environment and times, which no two trainings have in common."""
    of = (record.environment.model_dump(mode="json"), record.timings.model_dump(mode="json"))
    content = json.dumps([record.numbers_sha256(), *of], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def same_records(traces: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """For each name what is said of records that others have too; in the same words to all who have them.

    >>> same_records({"ada": ["a", "b"], "ben": ["b", "a"], "cy": ["c"]})["ben"]
    ('ada and ben hold the same 2 records: equal numbers, machine and times',)

    Args:
        traces: of each folder's records, by what the folder is called.

    """
    holders: dict[str, list[str]] = {}
    for name, hashes in traces.items():
        for trace_hash in dict.fromkeys(hashes):
            holders.setdefault(trace_hash, []).append(name)
    counts: dict[tuple[str, ...], int] = {}
    for names in holders.values():
        if len(names) > 1:
            counts[tuple(names)] = counts.get(tuple(names), 0) + 1
    notes: dict[str, tuple[str, ...]] = dict.fromkeys(traces, ())
    for holding, count in counts.items():
        for name in holding:
            notes[name] = (*notes[name], _sentence(holding, count))
    return notes


def _sentence(names: Sequence[str], count: int) -> str:
    which = "record" if count == 1 else f"{count} records"
    others = [f"{len(names) - MOST} others"] if len(names) > MOST + 1 else list(names[MOST:])
    return f"{listed([*names[:MOST], *others])} hold the same {which}: equal numbers, machine and times"
