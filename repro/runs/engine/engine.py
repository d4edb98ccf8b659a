"""What an engine is: something that does tasks somewhere. Another one is one more file beside this."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from repro.runs.engine.messages import Message, Task
from repro.runs.record import Environment
from repro.runs.signals import StopRequest


class EngineError(RuntimeError):
    """Workers cannot be started, or no worker is left."""


class Engine(Protocol):
    """Does tasks, ``jobs`` at a time, and tells what happens to them.

    A run's record is written by whoever trains it, under ``runs/`` of the study; an engine carries messages only. No
    result is taken from anywhere but a record.
    """

    @property
    def jobs(self) -> int:
        """Tasks that are done side by side."""

    @property
    def because(self) -> str:
        """Why it is that many, in a few words."""

    @property
    def environment(self) -> Environment | None:
        """Where tasks are done; None until that is known."""

    def work(self, tasks: Sequence[Task], heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        """Do all tasks, in this order, as there is room; yields each message with its task and the worker's number.

        A message of None says that a worker took the task. The last message of a task is one of those for which
        :func:`repro.runs.engine.messages.is_last` is true. Once ``heard`` is set no further task is begun, and those
        that are being done are asked to stop at their next step edge.

        Raises:
            EngineError: there is nobody who could do anything.

        """

    def close(self) -> None:
        """End everything that the engine started and that is its own."""
