"""Several processes that share jobs; each may be ended over a job, and the others go on."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from repro.publish.sandbox.child import WorkerEnded, WorkerProcess

MOST_WORKERS = 8

Job = Mapping[str, Any]


class WorkerPool:
    """Workers that are started when there are jobs, and stay for the next ones until the block ends.

    Args:
        module: what each runs, as with ``python -m``.
        seconds: the longest that one job may take.
        workers: how many; as many as there are cores by default.

    """

    def __init__(self, module: str, seconds: float, workers: int | None = None) -> None:
        self._children = [WorkerProcess(module, seconds) for _ in range(min(workers or cores(), MOST_WORKERS))]

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End all workers."""
        for child in self._children:
            child.end()

    def answers(self, jobs: Sequence[Job]) -> list[str | WorkerEnded]:
        """The answer to each job, in their order; an :class:`WorkerEnded` where there is none.

        Raises:
            RuntimeError: a worker cannot be started.

        """
        results: dict[int, str | Exception] = {}
        waiting = iter(enumerate(jobs))
        lock, over = threading.Lock(), threading.Event()
        children = self._children[: len(jobs)]
        threads = [
            threading.Thread(target=_serve, args=(child, waiting, lock, over, results), daemon=True)
            for child in children
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # short, so that Ctrl-C is heard
        except BaseException:
            over.set()
            self.end()
            raise
        ordered: list[str | WorkerEnded] = []
        for at in range(len(jobs)):
            result = results[at]
            if not isinstance(result, str | WorkerEnded):
                raise result
            ordered.append(result)
        return ordered


def cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _serve(
    child: WorkerProcess,
    waiting: Iterator[tuple[int, Job]],
    lock: threading.Lock,
    over: threading.Event,
    results: dict[int, str | Exception],
) -> None:
    while True:
        with lock:
            job = next(waiting, None)
        if job is None or over.is_set():
            return
        try:
            results[job[0]] = child.ask(job[1])
        except Exception as error:  # noqa: BLE001 - raised again where the answers are gathered
            results[job[0]] = error
