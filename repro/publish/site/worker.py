"""The process that looks into strangers' folders for the site: a job a line in, a :class:`Seen` a line out."""

import gc
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from repro.publish.aside.answer import answer
from repro.publish.assignments.course import Course
from repro.publish.assignments.read_course import load_course
from repro.publish.site.read import read
from repro.publish.site.seen import Seen

ALIVE = 100_000
"""Objects that a folder may leave before they are looked through; a spec alone makes tens of thousands."""


def main() -> None:
    """Answer jobs until there are no more."""
    courses: dict[str, Course] = {}
    form = TypeAdapter(Seen)
    gc.freeze()
    gc.set_threshold(ALIVE, 10, 10)

    def seen(job: dict[str, Any]) -> str:
        where = job["course"]
        if where not in courses:
            courses[where] = load_course(Path(where) if where else None)
        return form.dump_json(read(Path(job["folder"]), job["shown"], job["who"], courses[where])).decode()

    answer(seen)


if __name__ == "__main__":
    main()
