"""How far a download is: told to a callback, or drawn on the terminal."""

import sys
from collections.abc import Callable
from types import TracebackType

from repro.data.bar import tqdm
from repro.data.download.remote_file import RemoteFile

OnProgress = Callable[[RemoteFile, int], None]
"""Called with the file and the number of its bytes that have come, now and then."""


class Progress:
    """Counts bytes. Without a callback a bar is drawn on stderr, and only where that is a terminal."""

    def __init__(self, file: RemoteFile, on_progress: OnProgress | None) -> None:
        self._file = file
        self._on_progress = on_progress
        self._done = 0
        self._bar: tqdm | None = None
        if on_progress is None and sys.stderr.isatty():
            self._bar = tqdm(
                total=file.size_bytes, desc=file.name, unit="B", unit_scale=True, leave=False, file=sys.stderr
            )

    def add(self, count: int) -> int:
        """Count ``count`` more bytes; gives how many there are now."""
        self._done += count
        if self._on_progress is not None:
            self._on_progress(self._file, self._done)
        if self._bar is not None:
            self._bar.update(count)
        return self._done

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
