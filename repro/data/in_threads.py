"""Work shared out over this process's cores, with results in order."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

T = TypeVar("T")
A = TypeVar("A")


def in_threads(work: Callable[[A], T], arguments: Iterable[A], threads: int) -> Iterator[T]:
    """``work`` of each argument, in order; torch uses one thread in each of ours.

    Decoding, and what torch computes, run side by side in threads as they would in processes, and need no start of
    seconds, no second copy of anything, and end with the process. At most two things a thread are done ahead of what
    was asked for. The first exception is raised, and no further work begun.
    """
    before = torch.get_num_threads()
    pool = ThreadPoolExecutor(threads, "repro-features", lambda: torch.set_num_threads(1))
    waiting: deque[Future[T]] = deque()
    torch.set_num_threads(1)
    try:
        for argument in arguments:
            waiting.append(pool.submit(work, argument))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        torch.set_num_threads(before)


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch uses one thread: for many small things of which each waits longer for its threads than it works."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """Cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
