"""Signals that ask a run to stop: they set a flag, and nothing else."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP")
"""Ctrl-C; a polite end; what schedulers send before the time is over; a terminal that was closed."""


class StopRequest:
    """What was heard so far: ``signal`` is the first one's number, ``times`` how many there were."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.times = 0
        self._at_once = False

    @property
    def is_set(self) -> bool:
        """Whether there was any."""
        return self.signal is not None

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """During this block a signal raises KeyboardInterrupt: for work that nothing is lost of."""
        self._at_once = True
        try:
            if self.is_set:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False

    def hear(self, number: int, frame: FrameType | None = None) -> None:
        """The handler."""
        self.signal = number if self.signal is None else self.signal
        self.times += 1
        if self._at_once:
            raise KeyboardInterrupt


@contextlib.contextmanager
def listening() -> Iterator[StopRequest]:
    """Hear the signals of :data:`NAMES` during the block; what they did before is put back after it.

    Only a process's main thread can hear signals. In another thread nothing is heard and nothing is changed.
    """
    heard = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    ignored = [n for n in numbers if n != signal.SIGINT and signal.getsignal(n) is signal.SIG_IGN]  # as under nohup
    before = {number: signal.signal(number, heard.hear) for number in numbers if number not in ignored}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
