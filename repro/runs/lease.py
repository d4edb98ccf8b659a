"""A claim on a run: who trains it now, so that several processes share a study and each run is trained once.

Everything lies in ``runs/live/``, named after the run's identity, and may be deleted while nothing trains:

- ``ID.lock`` is locked by the process that holds the run; the system takes the lock away when that process dies;
- ``ID.json`` says who that is, and how far; it is written anew every few seconds, as a sign of life;
- ``ID.checkpoint`` is where the run goes on from.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated

import psutil
from filelock import FileLock, Timeout
from pydantic import Field, TypeAdapter

from repro.disk.atomic_write import remove_leftovers, write_atomically
from repro.disk.untrusted_files import make_inside, read_inside
from repro.runs.plan import Run

BEAT_SECONDS = 5.0
"""How often a holder gives a sign of life."""

SILENT_SECONDS = 120.0
"""After so long without a sign a holder on another machine is taken to be gone; only a person can say so for sure."""

LIVE = "live"
_NAME_DIGITS = 32


Process = Annotated[int, Field(gt=0, lt=2**31)]


@dataclass(frozen=True)
class Holder:
    """Who holds a run, and how far it is. ``beat`` is the time of the last sign of life, by the holder's clock.

    ``job`` names a scheduler's job, where the holder runs in one.
    """

    pid: Process
    host: str
    boot: str
    began: float
    created: float
    beat: float
    job: str = ""
    step: int = 0
    steps: int = 0

    @property
    def is_here(self) -> bool:
        """Whether it is, or was, a process of this machine, as it runs since its last start."""
        return (self.host, self.boot) == (socket.gethostname(), boot_id())

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is on another machine, so that nobody here can tell whether it lives."""
        return self.host != socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether the process lives, for one of this machine; on another one, whether it gave a sign lately."""
        if self.is_elsewhere:
            return time.time() - self.beat < SILENT_SECONDS
        if not self.is_here:
            return False  # the machine was started again since
        try:
            return bool(abs(psutil.Process(self.pid).create_time() - self.created) < 1.0)
        except psutil.Error:
            return False

    def __str__(self) -> str:
        job = f", {self.job}" if self.job else ""
        return f"process {self.pid} on {self.host}{job}"


_HOLDER = TypeAdapter(Holder)
_CLAIM_BYTES = 10_000


class LeaseHeld(Exception):
    """A run is another process's; ``holder`` says whose, None where that is not known (yet)."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(f"held by {holder or 'another process'}")
        self.holder = holder


class RunLease:
    """This process's hold on one run. Use :func:`acquire`."""

    def __init__(self, files: "LiveFiles", lock: FileLock, holder: Holder) -> None:
        self._files, self._lock, self._holder = files, lock, holder
        self._writing = threading.Lock()
        self._is_held = True

    def at(self, step: int, steps: int) -> None:
        """How far the run is; told with the next sign of life."""
        self._holder = replace(self._holder, step=step, steps=steps)

    def beat(self) -> None:
        """A sign of life, from any thread. A disk that does not take it is no reason to stop."""
        with self._writing, contextlib.suppress(OSError):
            if self._is_held:
                content = asdict(replace(self._holder, beat=time.time()))
                write_atomically(self._files.claim, json.dumps(content) + "\n")

    def release(self) -> None:
        """Let the run go."""
        with self._writing, contextlib.suppress(OSError):
            self._is_held = False
            self._files.claim.unlink(missing_ok=True)
        self._lock.release()


@dataclass(frozen=True)
class LiveFiles:
    """Where the files of a run lie while it is not over."""

    folder: Path
    identity: str

    @classmethod
    def of(cls, study: Path, run: Run) -> "LiveFiles":
        """Those of a run of the study in this folder."""
        return cls(study / "runs" / LIVE, run.identity)

    @property
    def lock(self) -> Path:
        """Locked by the holder."""
        return self.folder / f"{self.identity[:_NAME_DIGITS]}.lock"

    @property
    def claim(self) -> Path:
        """Says who the holder is."""
        return self.lock.with_suffix(".json")

    @property
    def checkpoint(self) -> Path:
        """Where the run goes on from."""
        return self.lock.with_suffix(".checkpoint")

    def holder(self) -> Holder | None:
        """Who holds the run, or held it and died; None where nobody does, or the file is not what a holder writes."""
        try:
            return _HOLDER.validate_json(read_inside(self.claim, self.folder, _CLAIM_BYTES), strict=True)
        except (OSError, ValueError):
            return None


@contextlib.contextmanager
def acquire(files: LiveFiles, *, steal: bool = False) -> Iterator[RunLease]:
    """Hold a run during the block; gives its :class:`RunLease`.

    A holder of this machine that is dead is taken over from. One on another machine is not, dead or alive, unless
    ``steal`` says that it is gone, or it was an earlier try of the scheduler's job in which we are.

    Raises:
        Held: someone else has it.
        OSError: the folder cannot be written, or is a link that leads out of the study's.

    """
    make_inside(files.folder, files.folder.parent.parent)
    if files.lock.is_symlink():
        files.lock.unlink()  # a lock is no link; what it leads to is left alone
    lock = FileLock(files.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LeaseHeld(files.holder()) from None
    before = files.holder()
    if before is not None and before.is_elsewhere and not steal and not (before.job and before.job == job_name()):
        lock.release()
        raise LeaseHeld(before)
    for path in (files.claim, files.checkpoint):
        remove_leftovers(path)
    claim = RunLease(files, lock, _here())
    claim.beat()
    try:
        yield claim
    finally:
        claim.release()


def _here() -> Holder:
    now = time.time()
    created = psutil.Process().create_time()
    return Holder(os.getpid(), socket.gethostname(), boot_id(), now, created, now, job_name())


def job_name() -> str:
    """The scheduler's job in which this process runs; empty outside of one."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    job = os.environ.get("SLURM_JOB_ID")
    if job is None:
        return ""
    return f"Slurm job {array}_{task}" if array is not None and task is not None else f"Slurm job {job}"


@cache
def boot_id() -> str:
    """What is another after each start of this machine."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "kern.bootsessionuuid"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    return str(int(psutil.boot_time()))
