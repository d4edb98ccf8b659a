"""The process that looks into strangers' folders: a job a line on standard input, a row a line on standard output.

It is started by :mod:`repro.publish.grade.grade_all`, which ends it when a folder takes too long.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from repro.publish.assignments.course import Course
from repro.publish.assignments.read_course import load_course
from repro.publish.grade.grade import grade
from repro.publish.sandbox.job_loop import answer_jobs


def main() -> None:
    """Answer jobs until there are no more."""
    courses: dict[str, Course] = {}

    def row(job: dict[str, Any]) -> str:
        where = job["course"]
        if where not in courses:
            courses[where] = load_course(Path(where) if where else None)
        course = courses[where]
        students = [course.roster[name] for name in job["who"]]
        return json.dumps(asdict(grade(Path(job["folder"]), job["shown"], course, students)))

    answer_jobs(row)


if __name__ == "__main__":
    main()
