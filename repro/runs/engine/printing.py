"""Where a run's own prints go."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from repro.disk.atomic_write import open_to_append


@contextlib.contextmanager
def printing_to(path: Path, *, goes_on: bool, within: Path | None = None) -> Iterator[None]:
    """Send what the process prints, own code's prints included, to a file; no file is left if it stays empty.

    ``goes_on`` adds to the file that is there, else it is begun anew. No link is followed out of ``within``, by default
    the file's own folder.
    """
    saved = os.dup(2)
    with open_to_append(path, path.parent if within is None else within, fresh=not goes_on) as log:
        _flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(saved, 1)
            os.dup2(saved, 2)
            os.close(saved)
    if not path.stat().st_size:
        path.unlink()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
