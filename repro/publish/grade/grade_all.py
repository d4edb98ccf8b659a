"""Strangers' folders are read in processes of their own, each ended when a folder takes too long."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.grade.grade_row import GradeRow
from repro.publish.grade.submitted_folders import SubmittedFolder
from repro.publish.grade.visible import visible
from repro.publish.sandbox.child import WorkerEnded
from repro.publish.sandbox.pool import WorkerPool
from repro.results.same_records import same_records

SECONDS = 20.0
"""The longest that one folder may take."""

_ROW = TypeAdapter(GradeRow)


def rows(
    folders: Sequence[SubmittedFolder], course: Path | None, *, workers: int | None = None, seconds: float = SECONDS
) -> list[GradeRow]:
    """A row for each folder, in their order, whatever is in them.

    Args:
        folders: the folders.
        course: the course's file; None for the tool's own.
        workers: how many processes; as many as there are cores by default.
        seconds: the longest that one folder may take; then its row says so.

    """
    where = "" if course is None else os.path.abspath(course)  # noqa: PTH100 - a link is the teacher's own
    jobs = [
        {
            "folder": str(submission.folder),
            "shown": submission.shown,
            "course": where,
            "who": [who.name for who in submission.students],
        }
        for submission in folders
    ]
    with WorkerPool("repro.publish.grade.grade_worker", seconds, workers) as pool:
        return with_shared_records([_row(job, answer) for job, answer in zip(folders, pool.answers(jobs), strict=True)])


def with_shared_records(rows: Sequence[GradeRow]) -> list[GradeRow]:
    """The rows, with what is to be looked at where two of them hold the same records: the same words for both."""
    names = [f"{', '.join(row.who)} ({row.folder})" if row.who else row.folder for row in rows]
    notes = same_records(dict(zip(names, (row.traces for row in rows), strict=True)))
    return [replace(row, look=(*row.look, *notes[name])) for row, name in zip(rows, names, strict=True)]


def _row(job: SubmittedFolder, answer: str | WorkerEnded) -> GradeRow:
    if isinstance(answer, str):
        return _ROW.validate_json(answer)
    who = tuple(visible(student.name) for student in job.students)
    return GradeRow(visible(job.shown), who, first=f"not read: {answer}", ungraded=(str(answer),))
