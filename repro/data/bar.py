"""Progress bars of this room: tqdm with a lock of threads.

Its own lock is a semaphore of the system too, which a worker that is ended leaves behind, and Python then warns of it.
"""

import sys
from threading import RLock
from typing import Any, TextIO

from tqdm import tqdm as plain_tqdm


class tqdm(plain_tqdm):  # type: ignore[misc]
    """The bar, on standard error past a filter that may lie on it: a bar moves the cursor."""

    def __init__(self, *arguments: Any, file: TextIO | None = None, **settings: Any) -> None:
        stream = sys.stderr if file is None else file
        super().__init__(*arguments, file=getattr(stream, "unfiltered", stream), **settings)


tqdm.set_lock(RLock())
