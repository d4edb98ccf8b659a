"""The local engine: worker processes on this machine that stay alive over many runs."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import IO, Any, Self

from repro.runs.engine.frames import receive, send
from repro.runs.engine.messages import Crashed, DataReady, Done, Message, Ready, Refused, Task
from repro.runs.record import Environment

_STOP_SECONDS = 5.0


class EngineError(RuntimeError):
    """Workers cannot be started, or no worker is left."""


class LocalEngine:
    """Up to ``jobs`` worker processes. Use it as a context manager, and for as many plans as there are.

    Workers start at once, in the background, so that their imports go on while a plan is made; a second use finds
    them ready. They are in a session of their own, so Ctrl-C reaches the engine only. ``gpus`` are ids as in
    ``CUDA_VISIBLE_DEVICES``: worker number i sees the GPU i modulo their number alone.
    """

    def __init__(self, jobs: int, gpus: Sequence[str] = ()) -> None:
        if jobs < 1:
            raise ValueError(f"{jobs} jobs; at least 1 is needed")
        self.jobs = jobs
        self._gpus = tuple(gpus)
        self._heard: queue.Queue[tuple[Worker, Message]] = queue.Queue()
        self.environment: Environment | None = None
        self.workers = [self._start(number) for number in range(jobs)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop all workers at once, whatever they do."""
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.wait()
        self.workers = []

    def restart(self) -> None:
        """Stop all workers at once and start new ones."""
        self.close()
        self.workers = [self._start(number) for number in range(self.jobs)]

    def work(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Message | None, int]]:
        """Do all tasks, in this order, as workers get free; yields each message with its task and worker.

        A message of None says that the worker took the task. A worker that dies in a task yields
        :class:`~repro.runs.engine.messages.Crashed` for it and is replaced.

        Raises:
            EngineError: workers die before they have imported what they need.

        """
        waiting = deque(tasks)
        busy: dict[int, Task] = {}
        for worker in self.workers:
            if worker.ready:
                yield from self._hand_out(worker, waiting, busy)
        while waiting or busy:
            worker, message = self._hear()
            if worker not in self.workers:
                continue
            task = busy.get(worker.number)
            if isinstance(message, Ready):
                worker.ready, self.environment = True, message.environment
                yield from self._hand_out(worker, waiting, busy)
            elif isinstance(message, Crashed):
                busy.pop(worker.number, None)
                if not worker.ready:
                    raise EngineError(f"a worker cannot start ({message.how}): {worker.last_words()}")
                worker.wait()
                self.workers[worker.number] = self._start(worker.number)
                if task is not None:
                    yield task, message, worker.number
            elif task is not None:
                yield task, message, worker.number
                if is_last(message):
                    busy.pop(worker.number, None)
                    yield from self._hand_out(worker, waiting, busy)

    def _hand_out(
        self, worker: "Worker", waiting: deque[Task], busy: dict[int, Task]
    ) -> Iterator[tuple[Task, Message | None, int]]:
        if waiting:
            task = busy[worker.number] = waiting.popleft()
            yield task, None, worker.number
            worker.give(task)

    def _hear(self) -> tuple["Worker", Message]:
        while True:
            with contextlib.suppress(queue.Empty):  # a wait with an end, so that Ctrl-C comes through on Windows too
                return self._heard.get(timeout=0.5)

    def _start(self, number: int) -> "Worker":
        gpu = self._gpus[number % len(self._gpus)] if self._gpus else None
        return Worker(number, self._heard, gpu)


class Worker:
    """One worker process and the thread that listens to it."""

    def __init__(self, number: int, heard: "queue.Queue[tuple[Worker, Message]]", gpu: str | None) -> None:
        self.number = number
        self.ready = False
        self._heard = heard
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by wait()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        if gpu is not None:
            environment["CUDA_VISIBLE_DEVICES"] = gpu
        apart: dict[str, Any] = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "repro.runs.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            **apart,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, task: Task) -> None:
        """Hand over a task. A worker that is gone says so by itself."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            send(self.process.stdin, task)

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def wait(self) -> None:
        """Wait for its end, after :meth:`kill`."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._errors.close()

    def last_words(self) -> str:
        """The end of what it wrote to its standard error."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "no message"

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            while True:
                self._heard.put((self, receive(self.process.stdout)))
        except (EOFError, OSError, ValueError):
            self._heard.put((self, Crashed(how_it_ended(self.process.wait()))))


def is_last(message: Message | None) -> bool:
    """Whether a task is over with this message."""
    return isinstance(message, Done | DataReady | Refused | Crashed)


def how_it_ended(code: int) -> str:
    """A process's end in words.

    >>> how_it_ended(3)
    'exit code 3'
    """
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = "; the system does this when memory runs out" if name == "SIGKILL" else ""
    return f"killed by {name}{hint}"
