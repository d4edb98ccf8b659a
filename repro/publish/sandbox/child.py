"""One process beside this one that answers jobs, and is ended when a job takes too long."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import repro
from repro.publish.sandbox.job_loop import READY


class WorkerEnded(Exception):
    """A job without an answer; the message says why, as in ``it took longer than 20 seconds``."""


class WorkerProcess:
    """One worker; started when it is first needed, and again after it was ended.

    Args:
        module: what it runs, as with ``python -m``.
        seconds: the longest that one job may take.

    """

    def __init__(self, module: str, seconds: float) -> None:
        self.module = module
        self.seconds = seconds
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "subprocess.Popen[str]":
        """The worker, ready for a job. Raises RuntimeError when it cannot be started."""
        process = self.process = self.process or _start(self.module)
        return process

    def ask(self, job: Mapping[str, Any]) -> str:
        """The answer to a job, one line. Raises Ended when the process was ended, or ended itself."""
        late = threading.Event()
        process = self.start()
        assert process.stdin is not None
        assert process.stdout is not None

        def too_long() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self.seconds, too_long)
        clock.daemon = True
        clock.start()
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (OSError, ValueError):  # ended by another thread
            line = ""
        finally:
            clock.cancel()
        if line.endswith("\n") and not late.is_set():
            return line
        self.end()
        raise WorkerEnded(
            f"it took longer than {self.seconds:g} seconds" if late.is_set() else "the process that read it died"
        )

    def end(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.communicate()


def _start(module: str) -> "subprocess.Popen[str]":
    """A worker that is ready. With ``-P``: nothing is imported from the folder in which the command is given."""
    package_root = str(Path(repro.__file__).parent.parent)
    before = os.environ.get("PYTHONPATH", "")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": f"{package_root}{os.pathsep}{before}" if before else package_root,
        },
    )
    assert process.stdout is not None
    if process.stdout.readline() != READY:
        process.kill()
        process.communicate()
        raise RuntimeError("the process that reads folders cannot be started")
    return process
