"""What the readers of audio data sets share: from clips and columns to items, and whether a set is whole."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.audio.index_clips import content_sha256, index_clips
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.spec.dataset_facts import DatasetFacts

Row = tuple[str, Mapping[str, Any]]
"""A file's name in the data set's folder, and its cells by column."""


def audio_items(
    facts: DatasetFacts,
    root: Path,
    rows: Sequence[Row],
    *,
    parts: Mapping[str, IntArray] | None = None,
    content: str | None = None,
) -> Items:
    """The items of an audio data set whose clips are whole files.

    Args:
        facts: name, shape and rate come from them.
        root: the folder.
        rows: one for each item, in order, all with the same columns.
        parts: the official ones.
        content: what :func:`content_sha256` must give; None where nobody has published it.

    Raises:
        DataError: a file that cannot be used, or another content.

    """
    if not rows:
        raise DataError(f"{facts.name}: {root} holds no recordings of it")
    clips = index_clips(facts.name, root, [name for name, _ in rows])
    if content is not None and (actual := content_sha256(clips)) != content:
        raise DataError(
            f"{facts.name}: the {len(clips)} recordings in {root} are not those that were published (content "
            f"{actual}, expected {content}). Remove that folder and the archive beside it, and run again"
        )
    return Items(
        name=facts.name,
        values=clips,
        shape=facts.shape,
        columns=columns_of(rows),
        parts=parts or {},
        rate=clips.one_rate,
    )


def columns_of(rows: Sequence[Row]) -> dict[str, AnyArray]:
    """The columns of the rows: whole numbers become int64, other numbers float64, all else text."""
    columns = {}
    for name in rows[0][1]:
        cells = [cells[name] for _, cells in rows]
        if all(isinstance(cell, int) for cell in cells):
            columns[name] = np.array(cells, dtype=np.int64)
        elif all(isinstance(cell, (int, float)) for cell in cells):
            columns[name] = np.array(cells, dtype=np.float64)
        else:
            columns[name] = np.array([str(cell) for cell in cells])
    return columns


def check_complete(items: Items, facts: DatasetFacts) -> Items:
    """The items, which must be as many as were published, in all and in each official part.

    Raises:
        DataError: they are not.

    """
    actual = {"items": len(items)} | {part: len(rows) for part, rows in items.parts.items()}
    expected = {"items": facts.items} | dict(facts.parts)
    if actual != expected:
        raise DataError(
            f"{items.name}: read {_counts(actual)}; published are {_counts(expected)}. Is the archive whole?"
        )
    return items


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())
