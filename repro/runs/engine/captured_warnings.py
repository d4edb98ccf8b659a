"""What the data room logs while it prepares: a person should read it, and a worker's log is seen by nobody."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def captured_warnings(room: str = "repro.data") -> Iterator[list[str]]:
    """The warnings that are logged in a room while the block runs, in order, each once.

    >>> with captured_warnings("a.room") as messages:
    ...     logging.getLogger("a.room.door").warning("the %s is open", "door")
    >>> messages
    ['the door is open']
    """
    messages: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if (text := record.getMessage()) not in messages:
                messages.append(text)

    ear, logger = Ear(logging.WARNING), logging.getLogger(room)
    logger.addHandler(ear)
    try:
        yield messages
    finally:
        logger.removeHandler(ear)
