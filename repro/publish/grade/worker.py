"""The process that looks into strangers' folders: a job a line on standard input, a row a line on standard output.

It can write no file and take no more than :data:`MEMORY` where the system has such limits. It is started by
:mod:`repro.publish.grade.aside`, which ends it when a folder takes too long.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from repro.publish.assignments.course import Course
from repro.publish.assignments.read_course import load_course
from repro.publish.grade.grade import grade

MEMORY = 4 * 2**30


def main() -> None:
    """Answer jobs until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints never stands among the answers
    sys.dont_write_bytecode = True
    _limit()
    answers.write("ready\n")
    answers.flush()
    courses: dict[str, Course] = {}
    for line in sys.stdin:
        job = json.loads(line)
        where = job["course"]
        if where not in courses:
            courses[where] = load_course(Path(where) if where else None)
        course = courses[where]
        students = [course.roster[name] for name in job["who"]]
        row = grade(Path(job["folder"]), job["shown"], course, students)
        answers.write(json.dumps(asdict(row)) + "\n")
        answers.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # a system that has the name and not the limit
            continue


if __name__ == "__main__":
    main()
