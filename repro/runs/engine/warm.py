"""Imported by the fork server, once, so that each worker starts with everything imported.

It only imports: no tensor is made and nothing is asked of a GPU, since either would be broken in the children. What
cannot be imported is left to the worker, which says so where it is heard. The fork server looks only afterwards whether
anybody still wants it, so a thread does meanwhile; it is gone before the first fork.
"""

import atexit
import contextlib
import importlib
import os
import threading
import warnings

_nothing = os.open(os.devnull, os.O_RDWR)
os.dup2(_nothing, 1)
os.dup2(_nothing, 2)
os.close(_nothing)

atexit.register(os._exit, 0)  # to take all these modules down again costs the server seconds, and nobody needs it

_PARENT = os.getppid()
_LOOK_SECONDS = 0.25
_imported = threading.Event()


def _end_with_parent() -> None:
    while not _imported.wait(_LOOK_SECONDS):
        if os.getppid() != _PARENT:
            os._exit(1)


_watch = threading.Thread(target=_end_with_parent, daemon=True)
_watch.start()

with warnings.catch_warnings(), contextlib.suppress(ImportError):
    warnings.simplefilter("ignore")
    for _name in ("prepare_task", "run_task"):
        importlib.import_module(f"repro.runs.engine.{_name}")

_imported.set()
_watch.join()
