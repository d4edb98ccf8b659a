"""A bar on stderr for what takes long in looking at data; nothing where stderr is no terminal."""

import sys
from types import TracebackType

from repro.data.bar import tqdm


class ScanBar:
    """Called with what is done, how many items, and of how many; a new bar for each thing that is done."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None
        self._what = ""

    def __call__(self, what: str, done: int, count: int) -> None:
        """Move the bar."""
        if not sys.stderr.isatty():
            return
        if self._bar is None or what != self._what:
            self._close()
            self._what = what
            self._bar = tqdm(total=count, desc=what, unit="item", leave=False, file=sys.stderr)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> "ScanBar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
