"""The process that looks into strangers' folders for the site: a job a line in, a :class:`StudySummary` a line out."""

import gc
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from repro.publish.assignments.course import Course
from repro.publish.assignments.read_course import load_course
from repro.publish.sandbox.job_loop import answer_jobs
from repro.publish.site.read_summary import read_summary
from repro.publish.site.study_summary import StudySummary

ALIVE = 100_000
"""Objects that a folder may leave before they are looked through; a spec alone makes tens of thousands."""


def main() -> None:
    """Answer jobs until there are no more."""
    courses: dict[str, Course] = {}
    form = TypeAdapter(StudySummary)
    gc.freeze()
    gc.set_threshold(ALIVE, 10, 10)

    def seen(job: dict[str, Any]) -> str:
        where = job["course"]
        if where not in courses:
            courses[where] = load_course(Path(where) if where else None)
        return form.dump_json(read_summary(Path(job["folder"]), job["shown"], job["who"], courses[where])).decode()

    answer_jobs(seen)


if __name__ == "__main__":
    main()
