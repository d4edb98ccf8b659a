"""How a run is asked to stop: a flag that training reads at every step edge."""

import threading


class StopFlag:
    """Set from a signal handler or another thread; training saves at the next step edge and raises :class:`Stopped`."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the run to stop."""
        self._event.set()

    def clear(self) -> None:
        """Take it back, for the next run."""
        self._event.clear()

    @property
    def is_set(self) -> bool:
        """Whether the run was asked to stop."""
        return self._event.is_set()


class Stopped(Exception):
    """Training stopped because it was asked to; ``step`` updates are done and ``kept`` says whether they are saved."""

    def __init__(self, step: int, *, kept: bool) -> None:
        super().__init__(f"stopped at step {step}")
        self.step = step
        self.kept = kept
