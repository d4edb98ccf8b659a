"""Strangers' folders are read in processes of their own, each ended when a folder takes too long."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import TypeAdapter

import repro
from repro.publish.grade.folders import Asked
from repro.publish.grade.row import Row
from repro.publish.grade.visible import visible

SECONDS = 20.0
"""The longest that one folder may take."""

MOST_WORKERS = 8
READY = "ready\n"
"""What a worker says before its first answer, when all is imported."""

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
    found: dict[int, Row | Exception] = {}
    jobs = iter(enumerate(asked))
    lock = threading.Lock()
    count = min(len(asked), workers or _cores(), MOST_WORKERS)
    children: list[_Child] = [_Child(course, seconds) for _ in range(count)]
    threads = [threading.Thread(target=_serve, args=(child, jobs, lock, found), daemon=True) for child in children]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # short, so that Ctrl-C is heard
    finally:
        for child in children:
            child.is_over = True
            child.end()
    made = []
    for at in range(len(asked)):
        one = found[at]
        if isinstance(one, Exception):
            raise one
        made.append(one)
    return made


class _Child:
    """One worker; started when it is first needed, and again after it was ended."""

    def __init__(self, course: Path | None, seconds: float) -> None:
        self.course = "" if course is None else os.path.abspath(course)  # noqa: PTH100 - a link is the teacher's own
        self.seconds = seconds
        self.process: subprocess.Popen[str] | None = None
        self.is_over = False

    def ask(self, job: Asked) -> Row:
        """The row of one folder."""
        late = threading.Event()
        process = self.process = self.process or _start()
        assert process.stdin is not None
        assert process.stdout is not None

        def too_long() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self.seconds, too_long)
        clock.start()
        try:
            process.stdin.write(
                json.dumps(
                    {
                        "folder": str(job.folder),
                        "shown": job.shown,
                        "course": self.course,
                        "who": [one.name for one in job.students],
                    }
                )
                + "\n"
            )
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            clock.cancel()
        if line and not late.is_set():
            return _ROW.validate_json(line)
        self.end()
        why = f"it took longer than {self.seconds:g} seconds" if late.is_set() else "the process that read it died"
        who = tuple(visible(one.name) for one in job.students)
        return Row(visible(job.shown), who, first=f"not read: {why}", ungraded=(why,))

    def end(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()


def _serve(
    child: _Child, jobs: Iterator[tuple[int, Asked]], lock: threading.Lock, found: dict[int, Row | Exception]
) -> None:
    while True:
        with lock:
            job = next(jobs, None)
        if job is None or child.is_over:
            return
        try:
            found[job[0]] = child.ask(job[1])
        except Exception as error:  # noqa: BLE001 - raised again where the rows are gathered
            found[job[0]] = error


def _start() -> "subprocess.Popen[str]":
    """A worker that is ready. With ``-P``: nothing is imported from the folder in which the command is given."""
    ours = str(Path(repro.__file__).parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "repro.publish.grade.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": f"{ours}{os.pathsep}{before}" if before else ours,
        },
    )
    assert process.stdout is not None
    if process.stdout.readline() != READY:
        process.kill()
        process.communicate()
        raise RuntimeError("the process that reads folders cannot be started")
    return process


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
