"""Progress bars of this room: tqdm with a lock of threads.

Its own lock is a semaphore of the system too, which a worker that is ended leaves behind, and Python then warns of it.
"""

from threading import RLock

from tqdm import tqdm

__all__ = ["tqdm"]

tqdm.set_lock(RLock())
