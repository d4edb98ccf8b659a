"""The local engine: worker processes on this machine that stay alive over many runs."""

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import types
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from repro.disk.temporary import sweep, temporary_folder
from repro.runs.engine.engine import EngineError
from repro.runs.engine.exit_status import describe_exit
from repro.runs.engine.jobs import gpus_of
from repro.runs.engine.messages import Crashed, Message, Ready, Stop, Task, is_last
from repro.runs.engine.worker import main
from repro.runs.record import Environment
from repro.runs.signals import StopRequest

_LOOK_SECONDS = 0.2
_END_SECONDS = 5.0

STOP_SECONDS = 20.0
"""How long a run may take to reach its next step edge, before its worker is ended; its last checkpoint then counts."""

SOCKET_FOLDER_BYTES = 60
"""A socket's path holds 104 bytes on some systems, of which multiprocessing's own names take up to 40."""


class LocalEngine:
    """Up to ``jobs`` worker processes. Use it as a context manager, and for as many plans as there are.

    On Linux and macOS workers are forked from a server that has imported everything and done nothing else; it starts
    at once, in the background, so that its imports go on while a plan is made. Elsewhere they are spawned. They are in
    a session of their own, so Ctrl-C reaches the engine only. ``gpus`` are ids as in ``CUDA_VISIBLE_DEVICES``: a worker
    sees ``devices`` of them alone, number 0 the first ones and so on, around again where there are more workers.
    """

    def __init__(self, jobs: int, gpus: Sequence[str] = (), devices: int = 1) -> None:
        if jobs < 1:
            raise ValueError(f"{jobs} jobs; at least 1 is needed")
        self._jobs = jobs
        self._gpus = tuple(gpus)
        self._devices = devices
        self._environment: Environment | None = None
        self.workers: list[Worker] = []
        self._ends = contextlib.ExitStack()
        self._scratch: Path | None = None
        sweep()
        warm_up()

    @property
    def jobs(self) -> int:
        """Workers that there may be."""
        return self._jobs

    @property
    def because(self) -> str:
        """They are there already."""
        return "workers at hand"

    @property
    def environment(self) -> Environment | None:
        """Where workers train; None until one has said so."""
        return self._environment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the workers that are not there yet; waits until the fork server has imported what they need."""
        for number in range(len(self.workers), self._jobs):
            self.workers.append(self._start(number))

    def close(self) -> None:
        """Stop all workers at once, whatever they do."""
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.wait()
        self.workers = []
        self._ends.close()
        self._scratch = None
        sweep()  # what workers had no time to remove

    def work(self, tasks: Sequence[Task], heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        """See :class:`~repro.runs.engine.engine.Engine`.

        A worker that dies in a task yields :class:`~repro.runs.engine.messages.Crashed` for it and is replaced. When
        ``heard`` is set a second time, or a run takes too long to reach a step edge, workers are ended as they are.

        Raises:
            EngineError: workers die before they have imported what they need.

        """
        waiting = deque(tasks)
        busy: dict[int, Task] = {}
        stop_time: float | None = None
        with heard.at_once():
            self.start()
        while True:
            if heard.is_set:
                waiting.clear()
                if stop_time is None:
                    stop_time = time.monotonic()
                    for number in busy:
                        self.workers[number].give(Stop())
                elif heard.times > 1 or time.monotonic() - stop_time > STOP_SECONDS:
                    for number in busy:
                        self.workers[number].kill()
            for worker in self.workers:
                if worker.ready and waiting and worker.number not in busy:
                    task = busy[worker.number] = waiting.popleft()
                    yield task, None, worker.number
                    worker.give(task)
            if not waiting and not busy:
                return
            for worker, message in self._hear():
                heard_task = busy.get(worker.number)
                if isinstance(message, Ready):
                    worker.ready, self._environment = True, message.environment
                    continue
                if isinstance(message, Crashed):
                    self._replace(worker)
                if heard_task is not None:
                    yield heard_task, message, worker.number
                    if is_last(message):
                        busy.pop(worker.number, None)

    def _hear(self) -> list[tuple["Worker", Message]]:
        """What workers have said since; waits a moment for it."""
        by_pipe: dict[Any, Worker] = {worker.connection: worker for worker in self.workers}
        return [(by_pipe[pipe], by_pipe[pipe].hear()) for pipe in wait(list(by_pipe), timeout=_LOOK_SECONDS)]

    def _replace(self, worker: "Worker") -> None:
        if not worker.ready:
            how = describe_exit(worker.exit_code())
            raise EngineError(f"a worker cannot start ({how}): {worker.last_words()}")
        worker.wait()
        sweep()
        self.workers[worker.number] = self._start(worker.number)

    def _start(self, number: int) -> "Worker":
        gpu = {"CUDA_VISIBLE_DEVICES": ",".join(gpus_of(number, self._gpus, self._devices))} if self._gpus else {}
        if self._scratch is None:
            self._scratch = self._ends.enter_context(temporary_folder("repro-workers-"))
        return Worker(number, {**os.environ, **gpu}, self._scratch)


class Worker:
    """One worker process and the connection to it; what it prints outside of runs goes into the folder ``scratch``."""

    def __init__(self, number: int, environment: Mapping[str, str], scratch: Path) -> None:
        self.number = number
        self.ready = False
        handle, name = tempfile.mkstemp(suffix=".txt", dir=scratch)
        os.close(handle)
        self._words = Path(name)
        self.connection: Connection
        self.connection, remote = _context().Pipe()
        self.process: BaseProcess = _context().Process(
            target=main, args=(remote, dict(environment), name), name=f"repro-worker-{number}", daemon=True
        )
        try:
            with _as_child():
                self.process.start()
        except (EOFError, OSError) as error:
            self._words.unlink(missing_ok=True)
            raise EngineError(f"a worker cannot start: {type(error).__name__}: {error}") from error
        finally:
            remote.close()

    def give(self, message: "Task | Stop") -> None:
        """Hand something over. A worker that is gone says so by itself."""
        with contextlib.suppress(OSError):
            self.connection.send(message)

    def hear(self) -> Message:
        """The next message; that it crashed, when the process is gone."""
        try:
            message: Message = self.connection.recv()
        except (EOFError, OSError):
            return Crashed(describe_exit(self.exit_code()))
        return message

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError, ValueError):
            self.process.kill()

    def exit_code(self) -> int:
        """How the process ended; waits a moment for it."""
        self.process.join(_END_SECONDS)
        code = self.process.exitcode
        return code if code is not None else 0

    def wait(self) -> None:
        """Wait for its end, after :meth:`kill`."""
        self.process.join(_END_SECONDS)
        self.connection.close()
        with contextlib.suppress(OSError):
            self._words.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of what it printed outside of runs."""
        lines = self._words.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        self.wait()
        return " / ".join(lines[-3:]) or "no message"


def warm_up() -> None:
    """Start the fork server, which imports everything in the background; nothing where there is none."""
    if not _forks():
        return
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(["repro.runs.engine.warm"])
    with _as_child(), _without_ctrl_c(), _short_sockets():
        forkserver.ensure_running()


def _forks() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods() and _socket_folder() is not None


def _socket_folder() -> str | None:
    """Where the fork server's sockets may lie: the folder for temporary files, or where its path is too long for a
    socket's, another one; None where there is none.
    """
    usual = tempfile.gettempdir()
    for folder in (usual, "/tmp", "/var/tmp", "/dev/shm"):
        if len(os.fsencode(folder)) <= SOCKET_FOLDER_BYTES and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return None


@contextlib.contextmanager
def _short_sockets() -> Iterator[None]:
    """Inside, multiprocessing chooses a folder for its sockets, once and for all, whose path is short enough."""
    before = tempfile.tempdir
    tempfile.tempdir = _socket_folder()
    try:
        yield
    finally:
        tempfile.tempdir = before


def _context() -> Any:
    return multiprocessing.get_context("forkserver" if _forks() else "spawn")


@contextlib.contextmanager
def _as_child() -> Iterator[None]:
    """What a process started in this block must not take over from us.

    Our main module, which it would run again (a notebook or a script without a guard), and the folder we stand in as
    a place of modules (a stranger's ``torch.py``).
    """
    saved, main_module = {}, sys.modules["__main__"]
    environment = {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    for name, value in environment.items():
        saved[name] = os.environ.get(name)
        os.environ[name] = value
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main_module
        for name, before in saved.items():
            if before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """What is started in this block, and what that forks, never hears Ctrl-C."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
