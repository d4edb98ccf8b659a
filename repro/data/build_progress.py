"""How far the computing of features, or a look at items, is: told to a callback, or drawn on the terminal."""

import sys
from collections.abc import Callable
from types import TracebackType

from repro.data.bar import tqdm

OnComputed = Callable[[str, int, int], None]
"""Called now and then with what is computed, in words, how many items are done, and of how many."""


class BuildProgress:
    """Counts items. Without a callback a bar is drawn on stderr, and only where that is a terminal."""

    def __init__(self, what: str, items: int, on_computed: OnComputed | None) -> None:
        self._what, self._items, self._done = what, items, 0
        self._on_computed = on_computed
        self._bar: tqdm | None = None
        if on_computed is None and sys.stderr.isatty():
            self._bar = tqdm(total=items, desc=what, unit="item", leave=False, file=sys.stderr)

    def add(self, count: int) -> None:
        """Count ``count`` more items."""
        self._done += count
        if self._on_computed is not None:
            self._on_computed(self._what, self._done, self._items)
        if self._bar is not None:
            self._bar.update(count)

    def upto(self, done: int) -> None:
        """Say that ``done`` items are done in all."""
        self.add(done - self._done)

    def __enter__(self) -> "BuildProgress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
