"""Several devices of this machine for one run: a worker starts a process for each and looks after them."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait

from repro.disk.temporary import temporary_folder
from repro.runs.engine.exit_status import describe_exit
from repro.runs.engine.messages import RunTask, Step, Stop, StoppedAt
from repro.runs.engine.rank_messages import RankDone, RankFailed, RankTask
from repro.training.outcome import Outcome
from repro.training.stop import StopFlag, Stopped

_LOOK_SECONDS = 0.2
_LAST_WORDS_SECONDS = 1.0
_END_SECONDS = 10.0


class RankEnded(RuntimeError):
    """One of the processes that train a run together ended; so did the others. The message says which and how."""


def fit_together(task: RunTask, count: int, stop: StopFlag, on_step: Callable[[Step], None]) -> Outcome:
    """Train a run in ``count`` processes of this machine and give rank 0's outcome.

    Each process sees one of this process's GPUs, where there are any. When one of them ends before the run is over, all
    are ended at once.

    Raises:
        Stopped: ``stop`` was set, and the ranks stopped at a step edge.
        RankEnded: a rank failed or was killed.

    """
    if sys.platform == "win32":
        raise RankEnded("training on several devices needs Linux or macOS")
    stop_sent = False
    with temporary_folder("repro-ranks-") as private, _started(count) as ranks:
        meet = (private / "meet").as_uri()
        for number, rank in enumerate(ranks):
            rank.give(RankTask(task, number, count, meet))
        while True:
            if stop.is_set and not stop_sent:
                ranks[0].give(Stop())
                stop_sent = True
            ready = wait([rank.connection for rank in ranks if rank.is_heard], timeout=_LOOK_SECONDS)
            for rank in ranks:
                if rank.connection not in ready:
                    continue
                message = rank.hear()
                if isinstance(message, Step):
                    on_step(message)
                elif isinstance(message, RankDone):
                    return message.outcome
                elif isinstance(message, StoppedAt):
                    raise Stopped(message.step, kept=message.kept)
                elif message is not None or rank.exit_code() != 0 or rank.number == 0:
                    raise RankEnded(_reason(ranks))


class Rank:
    """One process, and the pipe to it."""

    def __init__(self, number: int, count: int) -> None:
        self.number, self._count = number, count
        self.is_heard = True
        self.failed: RankFailed | None = None
        local, remote = socket.socketpair()
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "CUDA_VISIBLE_DEVICES": gpu_of(number),
        }
        command = [sys.executable, "-P", "-m", "repro.runs.engine.rank", str(remote.fileno())]
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, pass_fds=(remote.fileno(),), env=environment
            )
        finally:
            remote.close()
        self.connection = Connection(local.detach())

    def give(self, message: RankTask | Stop) -> None:
        """Hand something over. A rank that is gone is noticed where it is heard."""
        with contextlib.suppress(OSError):
            self.connection.send(message)

    def hear(self) -> object | None:
        """The next message; None when there will be no more."""
        try:
            message: object = self.connection.recv()
        except (EOFError, OSError):
            self.is_heard = False
            return None
        if isinstance(message, RankFailed):
            self.failed = message
        return message

    def exit_code(self) -> int:
        """How the process ended; waits a moment for it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(_END_SECONDS)
        return 0

    def __str__(self) -> str:
        return f"rank {self.number} of {self._count}"


def gpu_of(number: int) -> str:
    """The one GPU that a process sees, of those that this process sees, as ``CUDA_VISIBLE_DEVICES`` wants it."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return str(number)
    gpus = [gpu.strip() for gpu in chosen.split(",") if gpu.strip()]
    return gpus[number] if number < len(gpus) else ""


@contextlib.contextmanager
def _started(count: int) -> Iterator[list[Rank]]:
    """The ranks during the block; none of them outlives it."""
    ranks: list[Rank] = []
    try:
        for number in range(count):
            ranks.append(Rank(number, count))
        yield ranks
    finally:
        for rank in ranks:
            rank.process.kill()
        for rank in ranks:
            rank.process.wait()
            rank.connection.close()


def _reason(ranks: list[Rank]) -> str:
    """Why it came to an end: an error of a rank's own, else how one was killed, else that ranks lost each other."""
    until = time.monotonic() + _LAST_WORDS_SECONDS
    while time.monotonic() < until and any(rank.is_heard and rank.failed is None for rank in ranks):
        for rank in ranks:
            if rank.is_heard and rank.connection.poll(0.02):
                rank.hear()
    failed = [rank for rank in ranks if rank.failed is not None]
    own = [f"{rank}: {rank.failed.text}" for rank in failed if rank.failed is not None and not rank.failed.follows]
    killed = [
        f"{rank} ended: {describe_exit(code)}"
        for rank in ranks
        if rank.failed is None and not rank.is_heard and (code := rank.exit_code()) != 0
    ]
    lost = [f"{rank}: {rank.failed.text}" for rank in failed if rank.failed is not None]
    return next(iter(own + killed + lost), "a rank ended before the run was over")
