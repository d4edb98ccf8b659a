"""Where a run's own prints go."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def printing_to(path: Path, *, goes_on: bool) -> Iterator[None]:
    """Send what the process prints, own code's prints included, to a file; no file is left if it stays empty.

    ``goes_on`` adds to the file that is there, else it is begun anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = os.dup(2)
    with path.open("ab" if goes_on else "wb") as log:
        _flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(kept, 1)
            os.dup2(kept, 2)
            os.close(kept)
    if not path.stat().st_size:
        path.unlink()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
