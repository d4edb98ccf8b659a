"""Strangers' folders are read in processes of their own, each ended when a folder takes too long."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.aside.child import Ended
from repro.publish.aside.pool import Pool
from repro.publish.grade.folders import Asked
from repro.publish.grade.row import Row
from repro.publish.grade.visible import visible
from repro.results.same_records import same_records

SECONDS = 20.0
"""The longest that one folder may take."""

_ROW = TypeAdapter(Row)


def rows(
    asked: Sequence[Asked], course: Path | None, *, workers: int | None = None, seconds: float = SECONDS
) -> list[Row]:
    """A row for each folder, in their order, whatever is in them.

    Args:
        asked: the folders.
        course: the course's file; None for the tool's own.
        workers: how many processes; as many as there are cores by default.
        seconds: the longest that one folder may take; then its row says so.

    """
    where = "" if course is None else os.path.abspath(course)  # noqa: PTH100 - a link is the teacher's own
    jobs = [
        {"folder": str(one.folder), "shown": one.shown, "course": where, "who": [who.name for who in one.students]}
        for one in asked
    ]
    with Pool("repro.publish.grade.worker", seconds, workers) as pool:
        return told_alike([_row(job, answer) for job, answer in zip(asked, pool.answers(jobs), strict=True)])


def told_alike(rows: Sequence[Row]) -> list[Row]:
    """The rows, with what is to be looked at where two of them hold the same records: the same words for both."""
    names = [f"{', '.join(row.who)} ({row.folder})" if row.who else row.folder for row in rows]
    said = same_records(dict(zip(names, (row.traces for row in rows), strict=True)))
    return [replace(row, look=(*row.look, *said[name])) for row, name in zip(rows, names, strict=True)]


def _row(job: Asked, answer: str | Ended) -> Row:
    if isinstance(answer, str):
        return _ROW.validate_json(answer)
    who = tuple(visible(one.name) for one in job.students)
    return Row(visible(job.shown), who, first=f"not read: {answer}", ungraded=(str(answer),))
