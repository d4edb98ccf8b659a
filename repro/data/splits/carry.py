"""Dividing data that have changed: items that were in a part stay in it, and only new ones are drawn."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from repro.data.arrays import IntArray

NO_PART = -1

Mask = npt.NDArray[np.bool_]


def carry(
    drawn: Mapping[str, IntArray],
    before: IntArray,
    allowed: Mapping[str, Mask],
    *,
    units: IntArray | None = None,
    all_used: bool = True,
) -> dict[str, IntArray]:
    """The parts, with every item that was in one before still in it, as far as ``allowed`` and whole groups let it.

    A group whose items were in several parts goes where most of them were, of equally many into the larger part. New
    groups go where they were drawn while there is room for them there, then where most is lacking.

    Args:
        drawn: rows of each part by a fresh draw, which says how many items a part should have.
        before: ``(N,)``, for each row the number of its part among ``drawn``, -1 for none.
        allowed: for each part a mask over the N rows that may be in it.
        units: ``(N,)``, the group of each row; None where every row is its own.
        all_used: whether what no part has room for goes into the largest part, or into none.

    """
    names, count = list(drawn), len(before)
    quota = np.array([len(drawn[name]) for name in names])
    fresh = np.full(count, NO_PART)
    for part, name in enumerate(names):
        fresh[drawn[name]] = part
    may = np.stack([allowed[name] for name in names])
    rows_of = _members(units, count)
    where = np.full(count, NO_PART)
    left = []
    for rows in rows_of:
        known = before[rows]
        counts = np.bincount(known[known != NO_PART], minlength=len(names)) * may[:, rows].all(1)
        if counts.any():
            where[rows] = max(range(len(names)), key=lambda part: (counts[part], quota[part]))
        else:
            left.append(rows)
    lacking = quota - np.array([(where == part).sum() for part in range(len(names))])
    waiting = []
    for rows in left:
        part = int(fresh[rows[0]])
        if part != NO_PART and lacking[part] > 0:
            where[rows] = part
            lacking[part] -= len(rows)
        else:
            waiting.append(rows)
    for rows in waiting:
        fits = [part for part in range(len(names)) if may[part, rows].all()]
        part = max(fits, key=lambda part: (lacking[part], quota[part]), default=NO_PART)
        if part == NO_PART or (lacking[part] <= 0 and not all_used):
            continue
        part = part if lacking[part] > 0 else max(fits, key=lambda part: quota[part])
        where[rows] = part
        lacking[part] -= len(rows)
    _fill_empty(where, fresh, quota, rows_of)
    return {name: np.flatnonzero(where == part).astype(np.int64) for part, name in enumerate(names)}


def _fill_empty(where: IntArray, fresh: IntArray, quota: IntArray, rows_of: list[IntArray]) -> None:
    """A part that would have no item gets those of the fresh draw."""
    for part in np.flatnonzero(quota):
        if not (where == part).any():
            for rows in rows_of:
                if fresh[rows[0]] == part:
                    where[rows] = part


def _members(units: IntArray | None, count: int) -> list[IntArray]:
    """Rows of each group, in the order of their first rows."""
    if units is None:
        return [np.array([row]) for row in range(count)]
    order = np.argsort(units, kind="stable")
    _, starts = np.unique(units[order], return_index=True)
    return sorted(np.split(order, starts[1:]), key=lambda rows: int(rows[0]))
