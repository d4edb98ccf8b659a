"""What runs inside a job: the command line, as a person would type it. submitit calls :func:`train`, by its name."""

import os
import runpy
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from repro.runs.engine.slurm_client import requeue

WARNING = "SIGUSR1"
"""What Slurm is asked to send a while before the time is over."""


def train(words: Sequence[str], checkpoint: str) -> None:
    """Be ``repro WORDS``; ends this process with that command's exit code, so that submitit keeps no result.

    A run that was told that its time is nearly over has saved by then, and the job goes back into the queue, if that
    got it further: nobody needs to wait for it elsewhere.

    Args:
        words: of the command line.
        checkpoint: where the run keeps what it goes on from.

    """
    hear_for_ourselves()
    before = _written(checkpoint)
    code = _command(words)
    if code == 128 + getattr(signal, WARNING) and _written(checkpoint) != before:
        outcome = "goes on in another job" if requeue(_job_id()) else "could not be put back into the queue"
        sys.stderr.write(f"the time is over, and the run is saved: it {outcome}\n")
    sys.exit(code)


def hear_for_ourselves() -> None:
    """Take the signals back from submitit, which ignores SIGTERM and would answer a warning itself.

    The command sets its own while it trains; these hold before and after, when a stop loses nothing.
    """

    def end(number: int, frame: FrameType | None = None) -> None:
        raise SystemExit(128 + number)

    for name in (WARNING, "SIGTERM"):
        signal.signal(getattr(signal, name), end)
    for name in ("SIGUSR2", "SIGCONT"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def _command(words: Sequence[str]) -> int:
    sys.argv = ["repro", *words]
    try:
        runpy.run_module("repro", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _written(path: str) -> float | None:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return None


def _job_id() -> str:
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ["SLURM_JOB_ID"]
