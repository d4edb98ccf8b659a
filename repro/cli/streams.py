"""The two outputs of a command: one filter for all that is printed, and an end without a traceback where none is left.

Whatever is printed goes through :func:`repro.disk.terminal_text.terminal_safe`, as it may hold a stranger's text. Only
what paints by itself, and has filtered the text that it paints, writes past it: see :func:`unfiltered`.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from repro.disk.terminal_text import terminal_safe


class OutputError(Exception):
    """Nobody takes the output any more: the disk is full, or whoever read it is gone (``is_closed``)."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the output cannot be written: {error.strerror or error}")
        self.is_closed = isinstance(error, BrokenPipeError)


class Output:
    """A stream for text. With ``is_filtered`` what a terminal would obey is written out; all else is the stream's."""

    def __init__(self, stream: TextIO, *, is_filtered: bool) -> None:
        self._stream = stream
        self._is_filtered = is_filtered
        self.unfiltered: Output = Output(stream, is_filtered=False) if is_filtered else self

    def write(self, text: str) -> int:
        """Write the text. Raises OutputError."""
        try:
            self._stream.write(terminal_safe(text) if self._is_filtered else text)
        except OSError as error:
            raise OutputError(error) from error
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts. Raises OutputError."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hand over what is held back. Raises OutputError."""
        try:
            self._stream.flush()
        except OSError as error:
            raise OutputError(error) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def unfiltered(stream: TextIO) -> TextIO:
    """The stream for what paints by itself, such as tables in colour; every text in it is filtered before."""
    return cast(TextIO, getattr(stream, "unfiltered", stream))


@contextmanager
def outputs() -> Iterator[None]:
    """Inside, all that this process prints is filtered; output that nobody takes ends it with 1 (or 141) and a line."""
    before = sys.stdout, sys.stderr
    with _nowhere() as nowhere:
        sys.stdout, sys.stderr = (
            cast(TextIO, Output(nowhere if stream is None else stream, is_filtered=True)) for stream in before
        )
        try:
            yield
            sys.stdout.flush()
        except OutputError as error:
            _end(before[0], error)
        except SystemExit as end:
            try:
                sys.stdout.flush()
            except OutputError as error:
                _end(before[0], error)
            raise end
        finally:
            sys.stdout, sys.stderr = before


@contextmanager
def _nowhere() -> Iterator[TextIO]:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no file
        yield nowhere


def _end(stream: TextIO | None, error: OutputError) -> None:
    """End the process; what is still held back goes nowhere, so that Python does not fail over it once more."""
    if not error.is_closed:
        with suppress(OSError, OutputError, ValueError):
            print(error, file=sys.stderr, flush=True)
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, cast(TextIO, stream).fileno())
        os.close(nowhere)
    sys.exit(141 if error.is_closed else 1)
